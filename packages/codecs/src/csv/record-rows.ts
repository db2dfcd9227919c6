import { printKey, typeName } from '@kvdol/core/adapter'
import { invalidValue } from '../failure.ts'
import { isPlain } from '../is-plain.ts'
import { cellText } from './cell.ts'

/** The header and one row for each record. Throws `InvalidValue` for what is not a record with these fields. */
export function recordRows(records: unknown, fields: readonly string[]): string[][] {
  if (!Array.isArray(records))
    throw invalidValue(`a value is an array of records here, not ${typeName(records)}`)
  const known = new Set(fields)
  const rows = Array.from(records, (record: unknown, index) => {
    if (!isPlain(record)) throw invalidValue(`record ${index} is ${typeName(record)}, not a plain object`)
    const unknown = Object.keys(record).find(name => !known.has(name))
    if (unknown !== undefined)
      throw invalidValue(
        `record ${index} has the field ${printKey(unknown)}, which is not one of the columns`,
      )
    return fields.map(field => cellText(cellOf(record, field), index, printKey(field)))
  })
  return [[...fields], ...rows]
}

/** Own properties only, so that a column named `constructor` is an ordinary one. */
function cellOf(record: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(record, field) ? (record[field] ?? null) : null
}
