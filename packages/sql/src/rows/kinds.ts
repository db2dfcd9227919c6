import { json, StoreError } from '@kvdol/core'
import type { Kind } from '../dialects/dialect.ts'
import type { DialectName, SqlValue } from '../executor.ts'
import { parseDate, printDate } from './dates.ts'

/** How the values of a column are written and read. */
export interface ColumnCodec {
  /** Throws a plain reason in words for what the column cannot hold. */
  encode(value: unknown): SqlValue
  decode(native: unknown): unknown
}

const MOST = 2n ** 63n

/** Refuses what JSON would drop or change. */
const strictJson = json()

/** The codec of a column of a kind; `null` is `NULL` in all of them. */
function codecOf(kind: Kind, dialect: DialectName): ColumnCodec {
  const { encode, decode = itself } = CODECS[kind]
  return {
    encode: value => (value === null ? null : encode(value, dialect)),
    decode: native => (native === null ? null : decode(native)),
  }
}

interface KindCodec {
  encode(value: unknown, dialect: DialectName): SqlValue
  decode?(native: unknown): unknown
}

const CODECS: Readonly<Record<Kind, KindCodec>> = {
  integer: { encode: integer },
  bigint: { encode: integer, decode: native => (typeof native === 'number' ? BigInt(native) : native) },
  number: {
    encode(value, dialect) {
      if (typeof value !== 'number') throw refused('a number', value)
      // SQLite makes NULL of it, and MySQL has neither.
      if (
        dialect === 'postgres' ? false : dialect === 'sqlite' ? Number.isNaN(value) : !Number.isFinite(value)
      )
        throw refused('a finite number', value)
      return value
    },
    decode: native => (typeof native === 'bigint' ? Number(native) : native),
  },
  decimal: {
    encode(value) {
      if (typeof value === 'bigint') return String(value)
      if (typeof value !== 'string' || !/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value))
        throw refused('a decimal number, as a string', value)
      return value
    },
    decode: native => (typeof native === 'string' ? native : String(native)),
  },
  text: { encode: text },
  boolean: {
    encode(value) {
      if (typeof value !== 'boolean') throw refused('true or false', value)
      return value
    },
    decode: native => (native === 0 || native === 1 ? native === 1 : native),
  },
  bytes: {
    encode(value) {
      if (!(value instanceof Uint8Array)) throw refused('a Uint8Array', value)
      return Uint8Array.from(value)
    },
    decode: native => (native instanceof Uint8Array ? Uint8Array.from(native) : native),
  },
  date: {
    encode(value, dialect) {
      if (!(value instanceof Date)) throw refused('a Date', value)
      const printed = printDate(value, dialect)
      if (printed === undefined) throw refused('a Date of the years 1 to 9999', value)
      return printed
    },
    decode: native => (typeof native === 'string' ? parseDate(native) : native),
  },
  json: {
    encode: value => text(strictJson.encode(value, '')),
    decode: native => (typeof native === 'string' ? JSON.parse(native) : native),
  },
  any: {
    encode(value) {
      if (typeof value === 'string') return text(value)
      if (value instanceof Uint8Array) return Uint8Array.from(value)
      if (typeof value === 'bigint') return integer(value)
      if (typeof value === 'boolean' || (typeof value === 'number' && !Number.isNaN(value))) return value
      throw refused('a string, number, bigint, boolean or Uint8Array', value)
    },
    decode: native => (native instanceof Uint8Array ? Uint8Array.from(native) : native),
  },
}

function integer(value: unknown): SqlValue {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (typeof value === 'bigint' && value >= -MOST && value < MOST) return value
  throw refused('a whole number of 64 bits (a bigint beyond 2^53)', value)
}

function text(value: unknown): SqlValue {
  if (typeof value !== 'string' || !value.isWellFormed()) throw refused('a well-formed string', value)
  return value
}

function itself(native: unknown): unknown {
  return native
}

function refused(wanted: string, value: unknown): Refusal {
  const name = value === null || typeof value !== 'object' ? typeof value : value.constructor?.name
  return new Refusal(`${wanted}, not ${typeof value === 'number' ? value : (name ?? 'an object')}`)
}

/** Why a column cannot hold a value. */
class Refusal extends Error {}

/** The values of a column, with errors that name it. */
export function namedCodec(
  name: string,
  kind: Kind,
  dialect: DialectName,
  code: 'InvalidKey' | 'InvalidValue',
): ColumnCodec {
  const codec = codecOf(kind, dialect)
  const isKey = code === 'InvalidKey'
  return {
    encode(value) {
      if (value === undefined || (isKey && value === null))
        throw new StoreError(code, `the column ${JSON.stringify(name)} is missing`, {
          reason: isKey ? 'null' : undefined,
        })
      try {
        return codec.encode(value)
      } catch (error) {
        const detail =
          error instanceof Refusal ? error.message : `what JSON can hold: ${(error as StoreError).detail}`
        throw new StoreError(code, `the column ${JSON.stringify(name)} takes ${detail}`, {
          reason: isKey ? 'wrong-type' : undefined,
        })
      }
    },
    decode(native) {
      try {
        return codec.decode(native)
      } catch {
        throw new StoreError('Corrupt', `what is in the column ${JSON.stringify(name)} is no ${kind}`)
      }
    },
  }
}
