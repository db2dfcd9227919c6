import { typeName } from '@kvdol/core/adapter'
import { invalidValue } from '../failure.ts'

/**
 * What can be written into a cell, always as text: numbers, bigints and booleans as `String` gives them, dates in ISO
 * 8601, `null` as an empty cell.
 */
export type Cell = string | number | bigint | boolean | Date | null

/** Turns the text of a cell into what is read. */
export type CsvCast = (text: string) => Cell | undefined

/** The text of a cell. Throws `InvalidValue`, saying where, for what is not a {@link Cell}. */
export function cellText(cell: unknown, row: number, column: string): string {
  if (typeof cell === 'string') return wellFormed(cell, row, column)
  if (cell === null) return ''
  if (typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean') return String(cell)
  if (cell instanceof Date && !Number.isNaN(cell.getTime())) return cell.toISOString()
  const what = cell instanceof Date ? 'an invalid date' : typeName(cell)
  throw invalidValue(`row ${row}, column ${column}: ${what} cannot be written into a cell; convert it`)
}

function wellFormed(text: string, row: number, column: string): string {
  if (text.isWellFormed()) return text
  throw invalidValue(`row ${row}, column ${column}: the string holds half of a surrogate pair`)
}
