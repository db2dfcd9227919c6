import type { SqlParameter } from '../../executor.ts'
import type { MysqlField } from './client.ts'

/** The type of a column of 64-bit integers. */
const LONGLONG = 8

/** A parameter as `mysql2` takes it. */
export function nativeOf(param: SqlParameter): unknown {
  if (param instanceof Uint8Array && !Buffer.isBuffer(param))
    return Buffer.from(param.buffer, param.byteOffset, param.byteLength)
  return typeof param === 'bigint' ? String(param) : param
}

/** The rows with integers of 64 bits, which come as text, as numbers or bigints. */
export function readRows(rows: unknown[][], fields: readonly MysqlField[]): unknown[][] {
  const long = fields.flatMap(({ columnType }, index) => (columnType === LONGLONG ? [index] : []))
  if (long.length > 0) for (const row of rows) for (const index of long) row[index] = integerOf(row[index])
  return rows
}

function integerOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}
