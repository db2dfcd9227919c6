import { firstPart, kindsByType } from '../common.ts'
import type { ColumnTypes, Holding, Kind } from '../dialect.ts'
import {
  decimalOf,
  integersOf,
  lengthsOf,
  momentsOf,
  singlePrecision,
  spelledAs,
  textOf,
} from '../holdings.ts'

const TYPES: Readonly<Record<Kind, string>> = {
  integer: 'bigint',
  bigint: 'bigint',
  number: 'double precision',
  decimal: 'numeric',
  text: 'text',
  boolean: 'boolean',
  bytes: 'bytea',
  date: 'timestamp(3) with time zone',
  json: 'jsonb',
  any: 'text',
}

const KINDS = kindsByType({
  integer: ['smallint', 'integer', 'bigint', 'oid'],
  number: ['real', 'double precision'],
  decimal: ['numeric'],
  text: ['text', 'character varying', 'character', 'citext'],
  boolean: ['boolean'],
  bytes: ['bytea'],
  date: ['timestamp with time zone', 'timestamp without time zone'],
  json: ['json', 'jsonb'],
})

/** Types whose values have one spelling, which the server changes others into. */
const SPELLED: Readonly<Record<string, Partial<Holding>>> = {
  uuid: spelledAs(
    /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
    'a UUID in lower case, such as 00000000-0000-4000-8000-000000000000',
  ),
  date: spelledAs(/^(\d{4,7}-\d\d-\d\d( BC)?|-?infinity)$/, 'a day, such as 2026-01-31'),
  name: textOf(63, false),
}

/** Kinds whose values have several texts that mean the same. */
const ODD: ReadonlySet<Kind> = new Set(['any', 'date', 'json'])

/** A column whose moments are finer than a `Date`. */
const finer: Partial<Holding> = {
  coarse: 'keeps fractions of a second that are finer than a Date',
  keep: (old, given) =>
    `CASE WHEN date_trunc('milliseconds', ${old}) = ${given()} THEN ${old} ELSE ${given()} END`,
}

const BITS: Readonly<Record<string, number>> = { smallint: 16, integer: 32, oid: 32 }

type ByKind = (type: string, lengths: readonly number[]) => Partial<Holding>

/** What a column keeps of the values of its kind. */
const BY_KIND: Partial<Readonly<Record<Kind, ByKind>>> = {
  text: (type, [longest]) => ({
    ...textOf(longest, type === 'character'),
    ...(type === 'character' && { select: quoted => `${quoted}::text` }),
  }),
  integer: type => integersOf(BITS[type] ?? 64, type === 'oid'),
  number: type => (type === 'real' ? singlePrecision : {}),
  decimal: (_, [, scale]) => decimalOf(scale),
  date: (_, [digits = 6]) => ({ ...momentsOf(digits), ...(digits > 3 && finer) }),
  json: () => ({
    keep: (old, given) =>
      `CASE WHEN ${given()}::text IS NULL AND ${old}::text = 'null' THEN ${old} ELSE ${given()} END`,
  }),
}

/** Types that a cast makes another text of than the one that is read. */
const NETWORK: ReadonlySet<string> = new Set(['inet', 'cidr'])

function textOfNetwork(value: string): string {
  return `CAST(nullif(format('%s', ${value}), '') AS text) COLLATE "C"`
}

/** The columns of PostgreSQL, by their types as `format_type` tells them. */
export const types: ColumnTypes = {
  holding(type, asked) {
    const base = type.replace(/ enum$/, '')
    const plain = base.replace(/ ?\([^)]*\)/, '')
    const natural = KINDS.get(plain) ?? 'any'
    const kind = asked ?? natural
    const byText =
      kind === 'text'
        ? natural !== 'text'
        : kind === 'any' && ODD.has(natural) && !(plain in SPELLED) && base === type
    return {
      kind,
      ...(kind === natural && BY_KIND[kind]?.(plain, lengthsOf(base))),
      ...(kind === natural && SPELLED[plain]),
      ...(byText && { byText, compared: parameter => `CAST(${parameter} AS ${base})` }),
      ...(byText && NETWORK.has(plain) && { exactly: textOfNetwork }),
      ...((byText || base !== type) && {
        spelled: parameter => {
          const value = `CAST(CAST(${parameter} AS text) AS ${base})`
          return NETWORK.has(plain) ? textOfNetwork(value) : `${value}::text`
        },
      }),
    }
  },
  typeOf: kind => TYPES[kind],
  alike: {},
  exactly: quoted => `${quoted}::text COLLATE "C"`,
  exactText: text => String(text),
  noNul: true,
  level: (exact, prefix) =>
    firstPart(exact, [...prefix].length, start => `strpos(substr(${exact}, ${start}), '/')`),
  comparison: (quoted, table) => `SELECT ${quoted} FROM ${table} ORDER BY ${quoted} LIMIT 0`,
  holdsNumber: () => true,
  isMoment: text => /^(-?infinity|\d{5,6}-\d\d-\d\d .*|\d{4}-\d\d-\d\d .* BC)$/.test(text),
  oddDecimal: /^(NaN|-?Infinity)$/,
  printMoment: iso => iso,
}
