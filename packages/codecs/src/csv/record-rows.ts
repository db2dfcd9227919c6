import { printKey, typeName } from '@kvdol/core/adapter'
import { invalidValue } from '../failure.ts'
import { isPlain } from '../is-plain.ts'
import { cellText } from './cell.ts'
import type { RecordRules } from './read-records.ts'

/**
 * One row for each record, below a header if so. Throws `InvalidValue` for what is not a record with these fields; without
 * `given`, they are those that the records have, in the order in which they first occur.
 */
export function recordRows(
  records: unknown,
  { fields: given, header }: Pick<RecordRules, 'fields' | 'header'>,
): string[][] {
  if (!Array.isArray(records))
    throw invalidValue(`a value is an array of records here, not ${typeName(records)}`)
  const known = new Set(given ?? records.flatMap(record => Object.keys(Object(record))))
  const fields = [...known]
  const rows = Array.from(records, (record: unknown, index) => {
    if (!isPlain(record)) throw invalidValue(`record ${index} is ${typeName(record)}, not a plain object`)
    const unknown = Object.keys(record).find(name => !known.has(name))
    if (unknown !== undefined)
      throw invalidValue(
        `record ${index} has the field ${printKey(unknown)}, which is not one of the columns`,
      )
    return fields.map(field => cellText(cellOf(record, field), index, printKey(field)))
  })
  if (fields.length === 0 && rows.length > 0)
    throw invalidValue('record 0 has no field, so there is no column')
  const names = fields.map((field, column) => cellText(field, 0, String(column)))
  return header && (given !== undefined || rows.length > 0) ? [names, ...rows] : rows
}

/** Own properties only, so that a column named `constructor` is an ordinary one. */
function cellOf(record: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(record, field) ? (record[field] ?? null) : null
}
