import type { Paint } from './paint.ts'

const TOKENS =
  /(?<comment>\/\/.*|\/\*\*.*\*\/)|(?<literal>'[^']*'|`[^`]*`)|(?<keyword>\b(?:import|from|export|type|async|await|function|const|let|for|of|return|new)\b)/g

/** A line of TypeScript in colours. */
export function highlight(line: string, paint: Paint): string {
  return line.replaceAll(TOKENS, (token, ...rest) => {
    const { comment, literal } = rest.at(-1) as Record<string, string | undefined>
    return comment ? paint.faint(token) : literal ? paint.literal(token) : paint.keyword(token)
  })
}
