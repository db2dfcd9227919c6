import { firstPart, kindsByType } from '../common.ts'
import type { ColumnTypes, Holding, Kind } from '../dialect.ts'
import {
  decimalOf,
  integersOf,
  isNoFlag,
  lengthsOf,
  momentsOf,
  singlePrecision,
  spelledAs,
  textOf,
} from '../holdings.ts'

const EXACT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'

const TYPES: Readonly<Record<Kind, string>> = {
  integer: 'BIGINT',
  bigint: 'BIGINT',
  number: 'DOUBLE',
  decimal: 'DECIMAL(65, 30)',
  text: `LONGTEXT ${EXACT}`,
  boolean: 'TINYINT(1)',
  bytes: 'LONGBLOB',
  date: 'DATETIME(3)',
  json: 'JSON',
  any: `LONGTEXT ${EXACT}`,
}

/** Types of key columns, which an index must be able to hold. */
const KEY_TYPES: Partial<Record<Kind, string>> = {
  text: `VARCHAR(255) ${EXACT}`,
  any: `VARCHAR(255) ${EXACT}`,
  bytes: 'VARBINARY(1024)',
}

/** Types without lengths. */
const KINDS = kindsByType({
  integer: ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year', 'bit'],
  number: ['float', 'double'],
  decimal: ['decimal'],
  text: ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'],
  bytes: ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'],
  date: ['datetime', 'timestamp'],
  json: ['json'],
})

/** Types that are read as something that cannot be written. */
const GEOMETRY = /^(geometry|point|linestring|polygon|multi\w+|geom\w*collection|vector)$/

type ByType = (declared: string, lengths: readonly number[]) => Partial<Holding>

const char: ByType = (_, [longest]) => textOf(longest, true)

/** A moment whose fraction may be finer than a `Date`. */
const moment: ByType = (_, [digits = 0]) => ({
  ...momentsOf(digits),
  ...(digits > 3 && {
    coarse: 'keeps fractions of a second that are finer than a Date',
    keep: (old, given) =>
      `IF(${old} - INTERVAL (MICROSECOND(${old}) % 1000) MICROSECOND = ${given()}, ${old}, ${given()})`,
  }),
})

/** What a column keeps of the values of its kind, by its type. */
const BY_TYPE: Readonly<Record<string, ByType>> = {
  char,
  varchar: (_, [longest]) => textOf(longest, false),
  float: () => ({ ...singlePrecision, select: quoted => `CAST(${quoted} AS DOUBLE)` }),
  decimal: (_, [, scale = 0]) => decimalOf(scale),
  datetime: moment,
  timestamp: moment,
  date: () => spelledAs(/^\d{4}-\d\d-\d\d$/, 'a day, such as 2026-01-31'),
  time: (_, [digits = 0]) => ({
    select: asText,
    ...spelledAs(
      new RegExp(`^-?\\d\\d\\d?:[0-5]\\d:[0-5]\\d${digits > 0 ? `\\.\\d{${digits}}` : ''}$`),
      `a time, such as 12:00:00${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`,
    ),
  }),
  year: () => ({
    takes: '0, or a year from 1901 to 2155',
    keeps: value => value === 0 || (Number(value) > 1900 && Number(value) < 2156),
  }),
  bit: (_, [bits = 1]) => ({ ...integersOf(bits, true), select: quoted => `CAST(${quoted} AS UNSIGNED)` }),
  binary: (_, [length = 1]) => ({
    takes: `a Uint8Array of ${length} bytes`,
    keeps: value => (value as Uint8Array).byteLength === length,
  }),
  enum: declared => {
    const members = membersOf(declared)
    return { takes: `one of ${members.join(', ')}`, keeps: value => members.includes(value as string) }
  },
  set: declared => {
    const members = membersOf(declared)
    return {
      takes: `some of ${members.join(', ')}, in this order and with commas`,
      keeps: value => {
        const given = new Set((value as string).split(','))
        return value === '' || members.filter(member => given.has(member)).join(',') === value
      },
    }
  },
  // MariaDB's JSON is text of this type, of which `mysql2` would make objects.
  longtext: () => ({ select: asText }),
  json: () => ({
    select: asText,
    keep: (old, given) => `IF(${given()} IS NULL AND JSON_TYPE(${old}) = 'NULL', ${old}, ${given()})`,
  }),
  uuid: () => spelledAs(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, 'a UUID in lower case'),
  inet6: () => ({ byText: true, spelled: parameter => `CAST(CAST(${parameter} AS INET6) AS CHAR)` }),
  inet4: () => spelledAs(/^(\d|[1-9]\d{1,2})(\.(\d|[1-9]\d{1,2})){3}$/, 'an address, such as 127.0.0.1'),
}

/** The members of an `enum` or a `set`. */
function membersOf(declared: string): string[] {
  return [...declared.matchAll(/'((?:[^']|'')*)'/g)].map(([, name = '']) => name.replaceAll("''", "'"))
}

function asJson(parameter: string): string {
  return `CAST(${parameter} AS JSON)`
}

function asText(quoted: string): string {
  return `CAST(${quoted} AS CHAR)`
}

const BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
}

const LONG_BITS = 'is compared as a number, and read as bytes'

/** The columns of MySQL and MariaDB, by their types as the catalogue tells them. */
export const types: ColumnTypes = {
  holding(declared, asked) {
    const type = declared.toLowerCase()
    const plain = type.replace(/[( ].*$/s, '')
    const isFlag = type === 'tinyint(1)'
    const natural = isFlag ? 'boolean' : (KINDS.get(plain) ?? 'any')
    const kind = asked ?? natural
    if (GEOMETRY.test(plain)) return { kind, unusable: 'is read in another form than it is written' }
    const bits = BITS[plain]
    const lengths = lengthsOf(type)
    if (plain === 'bit' && (lengths[0] ?? 1) > 53) return { kind: 'bytes', noKey: LONG_BITS }
    if (kind === 'json') return { kind, ...BY_TYPE.json?.(declared, lengths) }
    if (kind === 'text' && natural !== 'text')
      return {
        kind,
        byText: true,
        select: asText,
        ...(natural === 'date' && {
          spelled: parameter => asText(`CAST(${parameter} AS DATETIME(${lengths[0] ?? 0}))`),
        }),
        ...(natural === 'json' && {
          compared: asJson,
          spelled: parameter => asText(asJson(parameter)),
        }),
      }
    if (kind !== natural) return { kind }
    if (isFlag) return { kind, also: isNoFlag }
    return {
      kind,
      ...(bits !== undefined && integersOf(bits, type.includes('unsigned'))),
      ...BY_TYPE[plain]?.(declared, lengths),
    }
  },
  typeOf: (kind, isKey) => (isKey ? KEY_TYPES[kind] : undefined) ?? TYPES[kind],
  // MariaDB keeps JSON as text, and says that it is text.
  alike: { json: ['text'] },
  exactly: quoted => `CAST(CONVERT(${quoted} USING utf8mb4) AS BINARY)`,
  exactText: text => Buffer.from(String(text)),
  level: (exact, prefix) =>
    firstPart(exact, Buffer.byteLength(prefix), start => `instr(substr(${exact}, ${start}), '/')`),
  readExact: native => (native instanceof Uint8Array ? new TextDecoder().decode(native) : native),
  holdsNumber: value => Number.isFinite(value),
  isMoment: text => /^\d{4}-(00-\d\d|\d\d-00) /.test(text),
  printMoment: iso => iso.slice(0, -1).replace('T', ' '),
}
