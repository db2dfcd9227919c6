import { createHash } from 'node:crypto'
import type { SqlParameter } from '../../executor.ts'

/** What is given to a client of `pg` as a query. */
export interface PgQuery {
  readonly text: string
  readonly values?: unknown[]
  readonly name?: string
  readonly rowMode: 'array'
  readonly types: typeof types
}

/** The most texts that get a statement which the server keeps prepared. */
const MOST = 500
const names = new Map<string, string>()

/** A statement as `pg` takes it; with a name, the server keeps it prepared. */
export function queryOf(text: string, params: readonly SqlParameter[], prepare: boolean): PgQuery {
  const values = params as unknown[]
  const name = prepare && values.length > 0 ? nameOf(text) : undefined
  return name === undefined
    ? { text, values, rowMode: 'array', types }
    : { name, text, values, rowMode: 'array', types }
}

/** The same name for the same text in every process, because connections may be shared. */
function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined || names.size >= MOST) return known
  const name = `kvdol_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
  names.set(text, name)
  return name
}

const INTEGERS = new Set([20, 21, 23, 26])
const FLOATS = new Set([700, 701])
const BOOL = 16
const BYTEA = 17

/** How values of a type are read from what the server sends. What is not here stays the server's text. */
const types = {
  getTypeParser(oid: number): (value: never) => unknown {
    if (INTEGERS.has(oid)) return toInteger
    if (FLOATS.has(oid)) return Number
    if (oid === BOOL) return (value: string) => value === 't'
    return oid === BYTEA ? toBytes : itself
  },
}

function toInteger(value: string): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}

/** Bytes in hexadecimal digits, or as text with octal escapes, which an older setting of the server makes. */
function toBytes(value: string): Uint8Array {
  if (value.startsWith('\\x')) return Buffer.from(value.slice(2), 'hex')
  return Buffer.from(
    value.replace(/\\(\\|[0-7]{3})/g, (_, code: string) =>
      code === '\\' ? code : String.fromCharCode(Number.parseInt(code, 8)),
    ),
    'latin1',
  )
}

function itself(value: unknown): unknown {
  return value
}
