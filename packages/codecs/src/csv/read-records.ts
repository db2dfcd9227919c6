import { printKey } from '@kvdol/core/adapter'
import { corrupt } from '../failure.ts'
import type { CsvCast } from './cell.ts'
import { lineOf } from './read-rows.ts'

type Rows = readonly (readonly string[])[]

/** How rows are records. */
export interface RecordRules {
  /** The names of the columns; without them, those that the header has. */
  readonly fields?: readonly string[]
  /** Whether the first row is a header. */
  readonly header: boolean
  readonly casts: ReadonlyMap<string, CsvCast>
}

interface Column {
  readonly field: string
  readonly place: number
  readonly cast: CsvCast | undefined
}

/** The records of rows; empty lines are passed over. Throws `Corrupt` where they are not records with these fields. */
export function readRecords(rows: Rows, { fields, header, casts }: RecordRules): object[] {
  const first = header ? rows.findIndex(row => row.length > 0) : -1
  const names = header ? rows[first] : fields
  if (names === undefined) {
    if (fields === undefined) return []
    throw corrupt('the stored text has no header line')
  }
  const places = placesOf(names)
  const columns = (fields ?? names).map(field => ({
    field,
    place: placeOf(field, places),
    cast: casts.get(field),
  }))
  if (names.length !== columns.length)
    throw corrupt(
      `the header has columns other than ${columns.map(({ field }) => printKey(field)).join(', ')}`,
    )
  const found: object[] = []
  for (const [index, row] of rows.entries()) {
    if (index <= first || row.length === 0) continue
    if (row.length !== names.length)
      throw corrupt(`the row at line ${lineOf(rows, index)} has ${row.length} cells, not ${names.length}`)
    found.push(recordOf(row, columns, () => `line ${lineOf(rows, index)}`))
  }
  return found
}

function recordOf(row: readonly string[], columns: readonly Column[], line: () => string): object {
  const record: Record<string, unknown> = {}
  for (const { field, place, cast } of columns) {
    const text = row[place] as string
    const value =
      cast === undefined ? text : castCell(cast, text, () => `${line()}, column ${printKey(field)}`)
    // Defined, so that a column named `__proto__` is an ordinary one.
    if (field === '__proto__')
      Object.defineProperty(record, field, { value, writable: true, enumerable: true, configurable: true })
    else record[field] = value
  }
  return record
}

/** Where each column stands, or -1 for one that stands twice. */
function placesOf(header: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const [place, name] of header.entries()) places.set(name, places.has(name) ? -1 : place)
  return places
}

function placeOf(field: string, places: ReadonlyMap<string, number>): number {
  const place = places.get(field)
  if (place === undefined) throw corrupt(`the header has no column ${printKey(field)}`)
  if (place === -1) throw corrupt(`the header has the column ${printKey(field)} twice`)
  return place
}

/** Leaves out the cast's own error, which may quote the cell. */
function castCell(cast: CsvCast, text: string, place: () => string): unknown {
  try {
    const value = cast(text)
    if (!Number.isNaN(value) || text === 'NaN') return value
  } catch {}
  throw corrupt(`${place()}: the cell does not fit the cast of the column`)
}
