import type { SqlValue } from '../../executor.ts'
import type { ColumnTypes, Holding, Kind } from '../dialect.ts'
import { isNoFlag } from '../holdings.ts'

const TYPES: Readonly<Record<Kind, string>> = {
  integer: 'INTEGER',
  bigint: 'BIGINT',
  number: 'REAL',
  // Words such as DECIMAL would turn the text into a float.
  decimal: 'DECIMAL TEXT',
  text: 'TEXT',
  boolean: 'BOOLEAN',
  bytes: 'BLOB',
  date: 'DATETIME TEXT',
  json: 'JSON TEXT',
  any: '',
}

/** What a declared type says, by the first words in it that are found, as SQLite itself reads types. */
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  // Types that only this package writes.
  [/^DECIMAL TEXT$/, 'decimal'],
  [/^BOOLEAN$/, 'boolean'],
  [/^DATETIME TEXT$/, 'date'],
  [/^JSON TEXT$/, 'json'],
  [/INT/, 'integer'],
  [/CHAR|CLOB|TEXT/, 'text'],
  [/BLOB/, 'bytes'],
  [/REAL|FLOA|DOUB/, 'number'],
]

/** What SQLite converts values to that are put into a column, by its declared type. */
type Affinity = 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC'

const AFFINITIES: readonly (readonly [RegExp, Affinity])[] = [
  [/INT/, 'INTEGER'],
  [/CHAR|CLOB|TEXT/, 'TEXT'],
  [/BLOB|^$/, 'BLOB'],
  [/REAL|FLOA|DOUB/, 'REAL'],
]

/** Text that columns of numbers turn into a number. */
const NUMERIC = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/** Whether a column leaves a value as it is bound. */
function isKept(value: unknown, affinity: Affinity): boolean {
  if (affinity === 'TEXT')
    return typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean'
  if (affinity === 'BLOB') return true
  if (typeof value === 'string') return !NUMERIC.test(value)
  if (typeof value === 'bigint') return affinity !== 'REAL' || BigInt(Number(value)) === value
  return affinity === 'REAL' || typeof value !== 'number' || !isLong(value)
}

/** Whether a number becomes an integer that is read as a bigint. */
function isLong(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 63
}

/** Kinds whose values the columns of these types never convert. */
const SAFE: Partial<Readonly<Record<Affinity, readonly Kind[]>>> = {
  INTEGER: ['integer', 'bigint', 'boolean', 'bytes'],
  REAL: ['number', 'bytes'],
  TEXT: ['text', 'decimal', 'date', 'json', 'bytes'],
  NUMERIC: ['integer', 'bigint', 'boolean', 'bytes'],
}

/** The columns of SQLite, whose types say what they convert, not what they hold. */
export const types: ColumnTypes = {
  holding(declared, asked): Holding {
    const type = declared.toUpperCase()
    const kind = asked ?? KINDS.find(([words]) => words.test(type))?.[1] ?? 'any'
    const affinity = AFFINITIES.find(([words]) => words.test(type))?.[1] ?? 'NUMERIC'
    return {
      kind,
      ...(affinity !== 'BLOB' &&
        !SAFE[affinity]?.includes(kind) && {
          takes: 'what the type of the column does not convert',
          keeps: value => isKept(value as SqlValue, affinity),
        }),
      ...(kind === 'boolean' && { also: isNoFlag }),
      ...(kind === 'date' && { keep: keepMoment }),
      ...(kind === 'json' && { keep: keepNull }),
      byText: kind === 'any',
    }
  },
  typeOf: kind => TYPES[kind],
  alike: {},
  exactly: quoted => `${quoted} COLLATE BINARY`,
  exactText: text => text,
  // SQLite stores NULL for NaN.
  holdsNumber: value => !Number.isNaN(value),
  isMoment: text => /\.\d{3}\d*[1-9]\d*(Z|[+-].*)?$/.test(text),
  exactMoments: true,
  exactDecimals: true,
  printMoment: iso => iso,
}

/** Other programs write a moment in other ways. */
function keepMoment(old: string, given: () => string): string {
  return `CASE WHEN strftime('%Y-%m-%dT%H:%M:%fZ', ${old}) = ${given()} THEN ${old} ELSE ${given()} END`
}

function keepNull(old: string, given: () => string): string {
  return `CASE WHEN ${given()} IS NULL AND ${old} = 'null' THEN ${old} ELSE ${given()} END`
}
