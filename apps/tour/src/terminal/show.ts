import { inspect } from 'node:util'

const LONGEST_TEXT = 160
const LONGEST_VALUE = 100
/** What a file holds must not steer the terminal. */
const CONTROL = /\p{Cc}/gu

/** Values on one line, as short as they can be told; strings at the top are shown as they are. */
export function show(values: readonly unknown[]): string {
  return values.map(showOne).join('  ')
}

function showOne(value: unknown): string {
  if (typeof value === 'string') return excerpt(value, LONGEST_TEXT)
  if (value instanceof Uint8Array) return `Uint8Array(${value.length})`
  return excerpt(inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 60 }), LONGEST_VALUE)
}

function excerpt(text: string, longest: number): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll(CONTROL, '\u{FFFD}')
  return line.length > longest ? `${line.slice(0, longest - 1).trimEnd()}…` : line
}
