import type { ValueCodec } from '@kvdol/core'
import { maker, option, settingsOf, typeName } from '@kvdol/core/adapter'
import { invalidValue } from '../failure.ts'
import { type Cell, cellText } from './cell.ts'
import { areNames, type CsvOptions, OPTIONS } from './csv-options.ts'
import { readRecords } from './read-records.ts'
import { readRows } from './read-rows.ts'
import { recordRows } from './record-rows.ts'
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
 * With `header: true` a value is records by whatever header line the text has: the fields of all records, in the order in
 * which they first occur, are written. With `header: ['name', …]` it is records of a text without a header line.
 * A row of another length, and a name that stands twice in the header, are `Corrupt` then, and empty lines are passed
 * over. For columns that are known, and values other than strings, see {@link csvRecords}.
 *
 * Throws `TypeError` for a delimiter that is not one character, or is a quote or a line break.
 *
 * @example
 * ```ts
 * const tables = pipe(files('tables'), textValues(), mapValues(csv<string>())) // Store<string, string[][]>, read-only arrays
 * ```
 */
export function csv<C extends Cell = Cell>(
  options?: CsvOptions & { readonly header?: false | undefined },
): ValueCodec<readonly (readonly (C | string)[])[], string>
export function csv<C extends Cell = Cell>(
  options: CsvOptions & { readonly header: true },
): ValueCodec<readonly Readonly<Record<string, C | string>>[], string>
export function csv<const Names extends readonly string[]>(
  options: CsvOptions & { readonly header: Names },
): ValueCodec<readonly { readonly [Name in Names[number]]: string }[], string>
export function csv(options?: CsvOptions & { readonly header?: unknown }): unknown {
  const { header, ...dialect } = settingsOf('csv', { ...OPTIONS, header: HEADER }, options as object)
  const rules = { header: header === true, casts: NO_CASTS, ...(areNames(header) && { fields: header }) }
  const codec: ValueCodec<unknown, string> = {
    name: 'csv()',
    decode: text => {
      const rows = readRows(text, dialect)
      return header === false ? rows : readRecords(rows, rules)
    },
    encode: value => writeRows(header === false ? toText(value) : recordRows(value, rules), dialect),
  }
  return codec
}

maker(csv)

/**
 * `false`: a value is the rows as they are. `true`: the first line names the columns, whatever it says, and a value is
 * records of them. Names: the text has no header line, and a value is records with these fields.
 * @default false
 */
const HEADER = option<boolean | readonly string[]>(
  'true, false or an array of different names',
  value => typeof value === 'boolean' || areNames(value),
).or(false)

const NO_CASTS = new Map<string, never>()

function toText(rows: unknown): string[][] {
  if (!Array.isArray(rows)) throw invalidValue(`a value is an array of rows here, not ${typeName(rows)}`)
  return rows.map((row: unknown, index) => {
    if (!Array.isArray(row)) throw invalidValue(`row ${index} is ${typeName(row)}, not an array of cells`)
    return Array.from(row, (cell: unknown, column) => cellText(cell, index, String(column)))
  })
}
