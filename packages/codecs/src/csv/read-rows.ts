import { typeName } from '@kvdol/core/adapter'
import { CsvError, parse } from 'csv-parse/sync'
import { corrupt } from '../failure.ts'
import type { Dialect } from './csv-options.ts'

/**
 * The rows of CSV text, an empty line being a row without cells. A byte order mark at the beginning is left out. Throws
 * `Corrupt`, with the line on which the row begins, where quotes are misplaced.
 */
export function readRows(text: string, dialect: Dialect): string[][] {
  if (typeof text !== 'string')
    throw corrupt(`csv decodes text, not ${typeName(text)}; put text() or textValues() under it`)
  if (!text.isWellFormed()) throw corrupt('the stored text holds half of a surrogate pair')
  const options = parserOptions(dialect)
  try {
    const rows = parse(text, options)
    return rows.some(isBlank) ? withoutBlanks(text, dialect) : rows
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw corrupt(
      `the row that begins at line ${lineOfError(text, dialect, error)} is not CSV: ${reason(error)}`,
    )
  }
}

/** The line, counted from 1, on which the row at `index` begins. */
export function lineOf(rows: readonly (readonly string[])[], index: number): number {
  const breaks = rows
    .slice(0, index)
    .flat()
    .map(cell => cell.match(/\r\n|\r|\n/g)?.length ?? 0)
  return breaks.reduce((sum, count) => sum + count, index + 1)
}

function parserOptions({ delimiter }: Dialect) {
  const newlines = ['\r\n', '\n', '\r']
  return { bom: true, delimiter, record_delimiter: newlines, relax_column_count: true }
}

function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0] === ''
}

/** The parser gives one empty cell for an empty line as well as for `""`; only the raw text tells them apart. */
function withoutBlanks(text: string, dialect: Dialect): string[][] {
  const rows = parse(text, { ...parserOptions(dialect), raw: true }) as unknown as RawRow[]
  return rows.map(({ record, raw }) => (isBlank(record) && !raw.includes('"') ? [] : record))
}

interface RawRow {
  readonly record: string[]
  readonly raw: string
}

/** Counted here, because the parser counts some line breaks inside of quotes twice. */
function lineOfError(text: string, dialect: Dialect, { records }: CsvError): number {
  if (typeof records !== 'number' || records === 0) return 1
  return lineOf(parse(text, { ...parserOptions(dialect), to: records }), records)
}

/** In our words: the parser's message quotes the text, and a stored value must not get into messages. */
function reason({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is not closed'
  if (code === 'CSV_INVALID_CLOSING_QUOTE') return 'something follows a closing quote'
  return 'a quote stands inside of a cell that is not quoted'
}
