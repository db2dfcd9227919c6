import { stripVTControlCharacters } from 'node:util'

/** How many columns `text` takes; wide characters count as one. */
export function columns(text: string): number {
  return [...stripVTControlCharacters(text)].length
}

/** Breaks plain text into lines of at most `width` columns, between words where it can; later lines are indented. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let rest = text
  while (columns(rest) > width) {
    const part = [...rest].slice(0, width + 1).join('')
    const space = part.lastIndexOf(' ')
    const end = space > indent.length + width / 3 ? space : part.length - 1
    lines.push(rest.slice(0, end).trimEnd())
    rest = indent + rest.slice(end).trimStart()
  }
  return [...lines, rest]
}

/** Two blocks of lines side by side, the left one `width` columns wide. */
export function beside(
  left: readonly string[],
  right: readonly string[],
  width: number,
  between: string,
): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const text = left[row] ?? ''
    return `${text}${' '.repeat(Math.max(0, width - columns(text)))}${between}${right[row] ?? ''}`.trimEnd()
  })
}
