import type { ValueCodec } from '@kvdol/core'
import { maker, settingsOf, typeName } from '@kvdol/core/adapter'
import { invalidValue } from '../failure.ts'
import { type Cell, cellText } from './cell.ts'
import { type CsvOptions, OPTIONS } from './csv-options.ts'
import { readRows } from './read-rows.ts'
import { writeRows } from './write-rows.ts'

/**
 * Rows of cells, stored as CSV text (RFC 4180). Rows of well-formed strings come back as they were, whatever their
 * lengths. Any other {@link Cell} is written as text and comes back as a string, `null` as the empty one. With
 * `csv<string>()` only strings are accepted, so only strings are read.
 *
 * A row without cells is an empty line. A byte order mark before the text is left out. Misplaced quotes are `Corrupt`,
 * with the line; what is not a cell is refused with `InvalidValue`, with row and column. Cells are not changed for
 * spreadsheets, which take text that begins with `=` for a formula.
 *
 * Throws `TypeError` for a delimiter that is not one character, or is a quote or a line break.
 *
 * @example
 * ```ts
 * const tables = pipe(files('tables'), textValues(), mapValues(csv<string>())) // Store<string, string[][]>, read-only arrays
 * ```
 */
export function csv<C extends Cell = Cell>(
  options?: CsvOptions,
): ValueCodec<readonly (readonly (C | string)[])[], string> {
  const dialect = settingsOf('csv', OPTIONS, options)
  return {
    name: 'csv()',
    decode: text => readRows(text, dialect),
    encode: rows => writeRows(toText(rows), dialect),
  }
}

maker(csv)

function toText(rows: unknown): string[][] {
  if (!Array.isArray(rows)) throw invalidValue(`a value is an array of rows here, not ${typeName(rows)}`)
  return rows.map((row: unknown, index) => {
    if (!Array.isArray(row)) throw invalidValue(`row ${index} is ${typeName(row)}, not an array of cells`)
    return Array.from(row, (cell: unknown, column) => cellText(cell, index, String(column)))
  })
}
