import { json, StoreError } from '@kvdol/core/adapter'
import type { ColumnTypes, Holding, Kind } from '../dialects/dialect.ts'
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
  /** As a key each value has one form: whether this is it. */
  isKey?(value: never, types: ColumnTypes): boolean
  /** @default the value itself */
  encode?(value: never, types: ColumnTypes): SqlValue
  /** Whether the database may give this; what is else was written past the type of the column. */
  gives(native: unknown): boolean
  /** @default the native value itself */
  decode?(native: never, types: ColumnTypes, isKey: boolean): unknown
}

const MOST = 2n ** 63n
const isInteger = (value: unknown) =>
  typeof value === 'bigint' ? value >= -MOST && value < MOST : Number.isSafeInteger(value)
const isWhole = (value: unknown) => typeof value === 'bigint' || Number.isInteger(value)
const isString = (value: unknown) => typeof value === 'string'
const isText = (value: unknown) => typeof value === 'string' && value.isWellFormed()
const isDecimal = (value: unknown, { oddDecimal }: ColumnTypes) =>
  typeof value === 'bigint' ||
  (typeof value === 'string' &&
    (/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value) || oddDecimal?.test(value) === true))
const isBytes = (value: unknown) => value instanceof Uint8Array
const isScalar = (value: unknown) =>
  typeof value === 'boolean' || (typeof value === 'number' && !Number.isNaN(value))
const isAny = (value: unknown) =>
  isText(value) || isBytes(value) || isScalar(value) || (typeof value === 'bigint' && isInteger(value))
const isShortest = (value: unknown) => typeof value !== 'bigint' || !Number.isSafeInteger(Number(value))
const copied = (value: unknown) => (value instanceof Uint8Array ? Uint8Array.from(value) : value) as SqlValue

/** Years that all databases know. */
function isDate(value: unknown, { isMoment }: ColumnTypes): boolean {
  if (typeof value === 'string') return isMoment(value)
  const year = value instanceof Date ? value.getUTCFullYear() : 0
  return year >= 1 && year <= 9999
}

const WHOLE = 'a whole number of 64 bits (a bigint beyond 2^53)'

/** Refuses what JSON would drop or change. */
const strictJson = json()

const CODECS: Readonly<Record<Kind, KindCodec>> = {
  integer: { takes: WHOLE, test: isInteger, isKey: isShortest, gives: isWhole },
  bigint: {
    takes: WHOLE,
    test: isInteger,
    isKey: value => typeof value === 'bigint',
    gives: isWhole,
    decode: native => BigInt(native),
  },
  number: {
    takes: 'a finite number',
    test: (value, types) =>
      typeof value === 'number' ? types.holdsNumber(value) : typeof value === 'bigint' && isShortest(value),
    isKey: value => typeof value === 'number',
    // -0 and 0 are the same key.
    encode: (value: number) => (value === 0 ? 0 : value),
    gives: native => typeof native === 'number' || typeof native === 'bigint',
  },
  decimal: {
    takes: 'a decimal number, as a string',
    test: isDecimal,
    isKey: (value: unknown, { exactDecimals }) =>
      typeof value === 'string' && (exactDecimals === true || value === plainDecimal(value)),
    encode: String,
    gives: () => true,
    decode: (native: SqlValue, { exactDecimals }, isKey) =>
      isKey && !exactDecimals ? plainDecimal(String(native)) : String(native),
  },
  text: { takes: 'a well-formed string', test: isText, gives: isString },
  boolean: {
    takes: 'true or false',
    test: value => typeof value === 'boolean',
    gives: native => typeof native === 'boolean' || isWhole(native),
    decode: native => (native === 0 || native === 1 ? native === 1 : native),
  },
  bytes: { takes: 'a Uint8Array', test: isBytes, encode: copied, gives: isBytes, decode: copied },
  date: {
    takes: 'a Date of the years 1 to 9999',
    test: isDate,
    encode: (date: Date | string, types) =>
      typeof date === 'string' ? date : types.printMoment(date.toISOString()),
    gives: isString,
    decode: parseMoment,
  },
  json: {
    takes: 'what JSON can hold',
    test: () => true,
    encode: value => strictJson.encode(value, '') as string,
    gives: () => true,
    decode: native => (typeof native === 'string' ? parseJson(native) : native),
  },
  any: {
    takes: 'a string, number, bigint, boolean or Uint8Array',
    test: isAny,
    isKey: value => typeof value !== 'boolean' && isShortest(value),
    encode: copied,
    gives: () => true,
    decode: copied,
  },
}

/** A column as far as its codec needs to know it. */
export interface CodedColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  /** The database takes 0 for the next number. */
  readonly countsFromZero: boolean
}

/** The values of a column, with errors that name it; `null` is `NULL`, which no key is. */
export function namedCodec(
  { name, type, nullable, countsFromZero }: CodedColumn,
  holding: Holding,
  types: ColumnTypes,
  code: 'InvalidKey' | 'InvalidValue',
): ColumnCodec {
  const { kind } = holding
  const { test, isKey: isForm, encode, gives, decode } = CODECS[kind]
  const takes = holding.takes ?? CODECS[kind].takes
  const isKey = code === 'InvalidKey'
  const column = `the column ${JSON.stringify(name)}`
  const refused = (detail: string, reason: string) =>
    new StoreError(code, `${column} ${detail}`, isKey ? { reason } : {})
  const unlike = (why: string) =>
    new StoreError(
      'Incompatible',
      `${column} (${type}) holds ${why}; ${typesAdvice(name, kind === 'json' || kind === 'date' ? 'text' : 'any')}`,
    )
  return {
    encode(value) {
      if (value === undefined || (isKey && value === null)) throw refused('is missing', 'null')
      if (value === null) return kind === 'json' && !nullable ? 'null' : null
      if (holding.also?.(value) !== true) {
        if (!test(value, types))
          throw refused(`takes ${CODECS[kind].takes}, not ${nameOf(value)}`, 'wrong-type')
        if (holding.keeps?.(value) === false)
          throw refused(`(${type}) takes ${takes}; it would change ${shown(value)}`, 'wrong-type')
      }
      if (isKey && isForm?.(value as never, types) === false)
        throw refused(`has another form of this key, which is listed in one form only`, 'wrong-type')
      if (countsFromZero && (value === 0 || value === 0n))
        throw refused(
          'counts by itself and takes 0 for the next number; add NO_AUTO_VALUE_ON_ZERO to sql_mode',
          'wrong-type',
        )
      try {
        if (holding.encode !== undefined) return holding.encode(value as never)
        return encode === undefined ? (value as SqlValue) : encode(value as never, types)
      } catch (error) {
        throw refused(`takes ${takes}: ${(error as StoreError).detail}`, 'wrong-type')
      }
    },
    decode(native) {
      if (native === null) return null
      if (!gives(native)) throw unlike(`${nameOf(native)}, which is not ${kind}`)
      const own = holding.decode === undefined ? native : holding.decode(native as never)
      if (decode === undefined) return own
      try {
        return decode(own as never, types, isKey)
      } catch (error) {
        if (error instanceof Unlike) throw unlike(error.message)
        throw new StoreError('Corrupt', `${column} holds something that is not ${kind}`)
      }
    },
  }
}

/** What to do about a column that a kind does not suit. */
export function typesAdvice(name: string, kind: Kind): string {
  return `with types: { ${JSON.stringify(name)}: '${kind}' } it is read as it is`
}

/** What the database holds has more to it than the kind can give. */
class Unlike extends Error {}

/** A number as it is, anything else by its type. */
function nameOf(value: unknown): string {
  const name = Object(value) === value ? (value as object).constructor?.name : typeof value
  return typeof value === 'number' ? String(value) : (name ?? 'an object')
}

/** A value as a message shows it. */
function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
}

/** A decimal number without signs and zeros that mean nothing. */
function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? []
  if (whole + fraction === '' && !/^[+-]?[\d.]+$/.test(text)) return text
  const digits = (whole || '0') + (fraction === '' ? '' : `.${fraction}`)
  return sign === '-' && digits !== '0' ? `-${digits}` : digits
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d(?::?\d\d)?)?$/

/** The moment, to the millisecond; UTC where no zone is given. What no `Date` can be stays text. */
function parseMoment(printed: string, types: ColumnTypes, isKey: boolean): Date | string {
  if (types.isMoment(printed)) return printed
  const [, day, time, fraction = '', zone = 'Z'] = MOMENT.exec(printed) ?? []
  const date = new Date(
    `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone.length === 3 ? `${zone}:00` : zone}`,
  )
  if (day === undefined || Number.isNaN(date.getTime()))
    throw new Unlike(`${shown(printed)}, which is no moment`)
  if (isKey && types.exactMoments && types.printMoment(date.toISOString()) !== printed)
    throw new Unlike(`${shown(printed)}, by which a Date is not found`)
  return date
}

const STRINGS = /"(?:[^"\\]|\\.)*"/g

/** The value of a JSON text. Throws where it holds more than JavaScript's values do. */
function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const bare = text.replace(STRINGS, '')
  const numbers = bare.match(/-?\d[\d.eE+-]*/g) ?? []
  const rounded = numbers.find(number => (number.length > 15 || /e/i.test(number)) && !isSameNumber(number))
  if (rounded !== undefined) throw new Unlike(`the number ${rounded} in JSON, which would be rounded`)
  if (bare.split(':').length - 1 !== membersOf(value)) throw new Unlike('JSON with a name that occurs twice')
  return value
}

/** Whether a number of 16 digits or more is the one that JavaScript makes of it. */
function isSameNumber(text: string): boolean {
  return significant(text) === significant(String(Number(text)))
}

/** The digits that count, and where the point is. */
function significant(text: string): string {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.')
  const all = (whole + fraction).replace(/^0+/, '')
  const kept = all.replace(/0+$/, '')
  return `${kept} ${Number(exponent) - fraction.length + all.length - kept.length}`
}

function membersOf(value: unknown): number {
  if (Object(value) !== value) return 0
  const inner = Object.values(value as object)
  const own = Array.isArray(value) ? 0 : inner.length
  return inner.reduce((sum: number, member) => sum + membersOf(member), own)
}
