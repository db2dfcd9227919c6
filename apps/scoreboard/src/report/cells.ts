import type { Clause } from '@kvdol/conformance'

/** Longest text of a cell. */
const LONGEST = 160

/** Clauses as links into the contract. */
export function links(clauses: readonly Clause[]): string {
  return clauses.map(clause => `[${clause}](contract.md#${clause.toLowerCase()})`).join(' ')
}

/** Text as code in a cell of a table, on one line and not longer than a cell should be. */
export function codeCell(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const cut = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
  const fence = cut.includes('`') ? '``' : '`'
  return cut === ''
    ? ''
    : `${fence}${fence === '``' ? ' ' : ''}${cut.replaceAll('|', '\\|')}${fence === '``' ? ' ' : ''}${fence}`
}

export const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
