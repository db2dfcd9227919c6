import { json, StoreError } from '@kvdol/core'
import type { ColumnTypes, Kind } from '../dialects/dialect.ts'
import type { SqlValue } from '../executor.ts'

/** How the values of a column are written and read. */
export interface ColumnCodec {
  encode(value: unknown): SqlValue
  decode(native: unknown): unknown
}

interface KindCodec {
  /** What a column of the kind takes, in words. */
  readonly takes: string
  test(value: unknown, types: ColumnTypes): boolean
  /** @default the value itself */
  encode?(value: never, types: ColumnTypes): SqlValue
  /** @default the native value itself */
  decode?(native: unknown): unknown
}

const MOST = 2n ** 63n
const isInteger = (value: unknown) =>
  typeof value === 'bigint' ? value >= -MOST && value < MOST : Number.isSafeInteger(value)
const isText = (value: unknown) => typeof value === 'string' && value.isWellFormed()
const isDecimal = (value: unknown) =>
  typeof value === 'bigint' || (typeof value === 'string' && /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value))
const isBytes = (value: unknown) => value instanceof Uint8Array
const isScalar = (value: unknown) =>
  typeof value === 'boolean' || (typeof value === 'number' && !Number.isNaN(value))
const copied = (value: unknown) => (value instanceof Uint8Array ? Uint8Array.from(value) : value) as SqlValue

/** Years that all databases know. */
function isDate(value: unknown): boolean {
  const year = value instanceof Date ? value.getUTCFullYear() : 0
  return year >= 1 && year <= 9999
}

const WHOLE = 'a whole number of 64 bits (a bigint beyond 2^53)'

/** Refuses what JSON would drop or change. */
const strictJson = json()

const CODECS: Readonly<Record<Kind, KindCodec>> = {
  integer: { takes: WHOLE, test: isInteger },
  bigint: {
    takes: WHOLE,
    test: isInteger,
    decode: native => (typeof native === 'number' ? BigInt(native) : native),
  },
  number: {
    takes: 'a finite number',
    test: (value, types) => typeof value === 'number' && types.holdsNumber(value),
    decode: native => (typeof native === 'bigint' ? Number(native) : native),
  },
  decimal: { takes: 'a decimal number, as a string', test: isDecimal, encode: String, decode: String },
  text: { takes: 'a well-formed string', test: isText },
  boolean: {
    takes: 'true or false',
    test: value => typeof value === 'boolean',
    decode: native => (native === 0 || native === 1 ? native === 1 : native),
  },
  bytes: { takes: 'a Uint8Array', test: isBytes, encode: copied, decode: copied },
  date: {
    takes: 'a Date of the years 1 to 9999',
    test: isDate,
    encode: (date: Date, types) => types.printMoment(date.toISOString()),
    decode: native => (typeof native === 'string' ? parseDate(native) : native),
  },
  json: {
    takes: 'what JSON can hold',
    test: () => true,
    encode: value => strictJson.encode(value, '') as string,
    decode: native => (typeof native === 'string' ? JSON.parse(native) : native),
  },
  any: {
    takes: 'a string, number, bigint, boolean or Uint8Array',
    test: value =>
      isText(value) || isBytes(value) || isScalar(value) || (typeof value === 'bigint' && isInteger(value)),
    encode: copied,
    decode: copied,
  },
}

/** The values of a column, with errors that name it; `null` is `NULL`, which no key is. */
export function namedCodec(
  name: string,
  kind: Kind,
  types: ColumnTypes,
  code: 'InvalidKey' | 'InvalidValue',
): ColumnCodec {
  const { takes, test, encode, decode } = CODECS[kind]
  const isKey = code === 'InvalidKey'
  const refused = (detail: string, reason: string) =>
    new StoreError(code, `the column ${JSON.stringify(name)} ${detail}`, isKey ? { reason } : {})
  return {
    encode(value) {
      if (value === undefined || (isKey && value === null)) throw refused('is missing', 'null')
      if (value === null) return null
      if (!test(value, types)) throw refused(`takes ${takes}, not ${nameOf(value)}`, 'wrong-type')
      try {
        return encode === undefined ? (value as SqlValue) : encode(value as never, types)
      } catch (error) {
        throw refused(`takes ${takes}: ${(error as StoreError).detail}`, 'wrong-type')
      }
    },
    decode(native) {
      if (native === null || decode === undefined) return native
      try {
        return decode(native)
      } catch {
        throw new StoreError(
          'Corrupt',
          `the column ${JSON.stringify(name)} holds something that is not ${kind}`,
        )
      }
    },
  }
}

/** A number as it is, anything else by its type. */
function nameOf(value: unknown): string {
  const name = Object(value) === value ? (value as object).constructor?.name : typeof value
  return typeof value === 'number' ? String(value) : (name ?? 'an object')
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d(?::?\d\d)?)?$/

/** The moment, to the millisecond; UTC where no zone is given. What is no moment (`infinity`) stays text. */
function parseDate(printed: string): Date | string {
  const [, day, time, fraction = '', zone = 'Z'] = MOMENT.exec(printed) ?? []
  if (day === undefined) return printed
  const date = new Date(
    `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone.length === 3 ? `${zone}:00` : zone}`,
  )
  return Number.isNaN(date.getTime()) ? printed : date
}
