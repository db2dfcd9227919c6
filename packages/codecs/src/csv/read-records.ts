import { printKey } from '@kvdol/core/adapter'
import { corrupt } from '../failure.ts'
import type { CsvCast } from './cell.ts'
import { lineOf } from './read-rows.ts'

type Rows = readonly (readonly string[])[]

/** The records of rows that begin with a header. Throws `Corrupt` where they are not records with these fields. */
export function readRecords(
  rows: Rows,
  fields: readonly string[],
  casts: ReadonlyMap<string, CsvCast>,
): object[] {
  const first = rows.findIndex(row => row.length > 0)
  const header = rows[first]
  if (header === undefined) throw corrupt('the stored text has no header line')
  const columns = fields.map(field => ({ field, place: placeOf(field, header), cast: casts.get(field) }))
  if (header.length !== fields.length)
    throw corrupt(`the header has columns other than ${fields.map(field => printKey(field)).join(', ')}`)
  const found: object[] = []
  for (const [index, row] of rows.entries()) {
    if (index <= first || row.length === 0) continue
    if (row.length !== header.length)
      throw corrupt(`the row at line ${lineOf(rows, index)} has ${row.length} cells, not ${header.length}`)
    const values = columns.map(({ field, place, cast }) => {
      const text = row[place] as string
      if (cast === undefined) return [field, text] as const
      return [
        field,
        castCell(cast, text, () => `line ${lineOf(rows, index)}, column ${printKey(field)}`),
      ] as const
    })
    // Defines properties, so that a column named `__proto__` is an ordinary one.
    found.push(Object.fromEntries(values))
  }
  return found
}

function placeOf(field: string, header: readonly string[]): number {
  const place = header.indexOf(field)
  if (place === -1) throw corrupt(`the header has no column ${printKey(field)}`)
  if (header.includes(field, place + 1)) throw corrupt(`the header has the column ${printKey(field)} twice`)
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
