import type { Dialect } from './csv-options.ts'

/** CSV text as in RFC 4180: a cell is quoted only where it has to be. */
export function writeRows(rows: readonly (readonly string[])[], { delimiter, newline }: Dialect): string {
  let text = ''
  for (const row of rows) {
    const line = row.map(cell => quote(cell, delimiter)).join(delimiter)
    // An empty line is a row without cells.
    text += (line === '' && row.length === 1 ? '""' : line) + newline
  }
  return text
}

function quote(cell: string, delimiter: string): string {
  // A byte order mark, unquoted at the beginning of the text, would be taken for that of a file.
  const plain = !/["\r\n\ufeff]/.test(cell) && !cell.includes(delimiter)
  return plain ? cell : `"${cell.replaceAll('"', '""')}"`
}
