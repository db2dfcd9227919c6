import type { CaseResult } from '../trial/result.ts'
import { codeCell, row } from './cells.ts'
import type { Score } from './score.ts'

/** The cases that failed for a store, with what came instead and the key. */
export function failures({ contestant, plain, encoded = [] }: Score): string {
  const rows = [...failed(plain, ''), ...failed(encoded, ', with encoded keys')]
  if (rows.length === 0) return ''
  return `
### ${contestant.name}: failures

| case | came instead | key |
|---|---|---|
${rows.join('\n')}
`
}

/** The temporary folder of a case. */
const PLACE = /\/\S*kvdol-scoreboard-\w+\/\d+\/\w+\/\d+\//g

function failed(results: readonly CaseResult[], how: string): string[] {
  return results.flatMap(({ name, failure }) =>
    failure === undefined
      ? []
      : [
          row([
            `${name}${how}`,
            codeCell((field(failure, 'got') ?? failure).replace(PLACE, '')),
            codeCell(field(failure, 'key') ?? ''),
          ]),
        ],
  )
}

/** A line of the kit's message: the last one, where one message holds another. */
function field(message: string, name: 'got' | 'key'): string | undefined {
  return [...message.matchAll(new RegExp(`^\\s*${name}:\\s+(?!wants:)(.*)$`, 'gm'))].at(-1)?.[1]
}
