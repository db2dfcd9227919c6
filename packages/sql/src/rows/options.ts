import type { Bytes, Reader, StoreOf } from '@kvdol/core'
import {
  type Fields,
  flag,
  type NamesIn,
  type OptionsOf,
  oneOf,
  option,
  type Selected,
  type SettingsOf,
  selectFields,
  settingsOf,
  type Without,
  wholeNumber,
} from '@kvdol/core/adapter'
import type { Dialect, Kind } from '../dialects/dialect.ts'
import { checkName, SCHEMA_OPTIONS } from '../tables/table-name.ts'

declare const row: unique symbol

/** Tells the type of a table's rows; see {@link rowType}. */
export interface RowType<R> {
  readonly [row]?: R | undefined
}

/**
 * The rows that `T` tells of: a table of Drizzle (`typeof users`), the columns of a table for Kysely, a schema, or the row
 * itself.
 */
export type RowOf<T> = T extends { readonly $inferSelect: infer R }
  ? R
  : T extends { readonly '~standard': { readonly types?: { readonly output: infer R } | undefined } }
    ? R
    : true extends { [N in keyof T]: T[N] extends KyselyColumn ? true : never }[keyof T]
      ? { [N in keyof T]: T[N] extends { readonly __select__: infer S } ? S : T[N] }
      : T

/** What Kysely's `ColumnType` and `Generated` are made of. */
interface KyselyColumn {
  readonly __select__: unknown
}

/**
 * Tells {@link rows} the type of the rows, where there is no sample to infer it from: a type of your own, a table of
 * Drizzle or Kysely, or a schema. Does nothing at run time.
 *
 * @example
 * ```ts
 * const users = rows(db, 'users', { key: 'id', row: rowType<{ id: number; name: string }>() })
 * ```
 */
export function rowType<R extends object>(): RowType<RowOf<R>> {
  return {}
}

/** Names of columns with what they hold. */
export type Columns = Readonly<Record<string, Kind>>

/** The rows of a table that was made of these columns, which may hold `NULL` where they are no part of the key. */
export type RowOfColumns<C> = { -readonly [N in keyof C]: C[N] extends Kind ? Held[C[N]] | null : unknown }

/** What a column of each kind gives. */
interface Held {
  integer: number | bigint
  bigint: bigint
  number: number
  decimal: string
  text: string
  boolean: boolean
  bytes: Bytes
  date: Date
  json: unknown
  any: unknown
}

/** How a table is made that is missing. */
export type Create<R, C = Columns> = true | { readonly columns: C } | { readonly sample: R }

/** What several rows with one key mean. */
export type Match = 'unique' | 'first' | 'all'

/** A column to sort by, ascending unless it says otherwise. */
export type Order<Name extends string = string> =
  | Name
  | { readonly column: Name; readonly descending?: boolean | undefined }

const KINDS = ['integer', 'bigint', 'number', 'decimal', 'text', 'boolean', 'bytes', 'date', 'json', 'any']
const isRecord = (value: unknown) => Object(value) === value && !Array.isArray(value)
const isKinds = (value: unknown) =>
  isRecord(value) && Object.values(value as object).every(kind => KINDS.includes(kind))
const isOrder = (value: unknown) => {
  const { column, descending = false } = Object(value) as { column?: unknown; descending?: unknown }
  return typeof value === 'string' || (typeof column === 'string' && typeof descending === 'boolean')
}
const fields = option<Fields>('a column, a list of different columns, or { record: columns }', value => {
  try {
    selectFields(value as Fields, 'InvalidKey')
    return true
  } catch {
    return false
  }
})

const OPTIONS = {
  ...SCHEMA_OPTIONS,
  key: fields,
  value: fields,
  row: option<RowType<object>>('what rowType gives', isRecord),
  /**
   * Only rows with these values in these columns are part of the store; a row that it writes gets them.
   * @default all rows
   */
  where: option<Readonly<Record<string, unknown>>>('a record of columns and values', isRecord).or({}),
  match: oneOf('unique', 'first', 'all').or('unique'),
  /** Which of several rows is the first: a column, or a list of columns. */
  orderBy: option<Order | readonly Order[]>('a column, { column, descending }, or a list of them', value =>
    Array.isArray(value) ? value.every(isOrder) : isOrder(value),
  ).or([]),
  create: option<Create<object>>(
    `true, { columns } with kinds (${KINDS.join(', ')}), or { sample } with a row`,
    value => {
      const { columns, sample } = Object(value) as { columns?: unknown; sample?: unknown }
      return value === true || isKinds(columns) !== isRecord(sample)
    },
  ),
  /** What columns hold, where their type does not tell: JSON, dates and booleans in SQLite. */
  types: option<Readonly<Record<string, Kind>>>(
    `a record of columns and kinds (${KINDS.join(', ')})`,
    isKinds,
  ).or({}),
  /**
   * Whether `clear` may empty the whole table.
   * @default false
   */
  allowClear: flag.or(false),
  /**
   * How many rows one statement of a listing gives.
   * @default 1000
   */
  pageSize: wholeNumber(1, 10_000).or(1000),
}

/** Options whose types follow from those of the rows. */
type Typed = 'key' | 'value' | 'row' | 'match' | 'create' | 'where' | 'orderBy' | 'types'

/** The names of the columns of a row; any where nothing is known of it. */
export type ColumnOf<R> = string extends keyof R ? string : keyof R & string

/** Options of {@link rows}. */
export interface RowsOptions<
  R extends object = Record<string, unknown>,
  K extends Fields = Fields,
  V extends Fields | undefined = Fields | undefined,
  M extends Match | undefined = Match | undefined,
  W extends object | undefined = object | undefined,
  C = Columns,
> extends Omit<OptionsOf<typeof OPTIONS>, Typed> {
  /** The columns of the key: a name gives bare values, a list tuples, `{ record: names }` records. */
  key: K
  /** The columns of the value, in the same forms. @default a record of all other columns */
  value?: V
  /** The type of the rows, for the types of keys and values: `rowType<User>()`. */
  row?: RowType<R> | undefined
  /**
   * Only rows with these values in these columns are part of the store; a row that it writes gets them. They are no part
   * of the value.
   * @default all rows
   */
  where?: W
  /**
   * What several rows with one key mean. `'unique'`: an error. `'first'`: the first counts, by `orderBy`, and the store
   * can only be read. `'all'`: values are lists of all of them, and writing replaces all.
   * @default 'unique'
   */
  match?: M
  /** Which of several rows is the first: a column, or a list of columns. */
  orderBy?: Order<ColumnOf<NoInfer<R>>> | readonly Order<ColumnOf<NoInfer<R>>>[] | undefined
  /**
   * How a missing table is made: of `columns` and their kinds, of a `sample` row, or (`true`) of the first row that is
   * written. A table that is there must have these columns.
   * @default a missing table is an error
   */
  create?: Create<R, C> | undefined
  /** What columns hold, where their type does not tell: JSON, dates and booleans in SQLite. */
  types?: { readonly [N in ColumnOf<NoInfer<R>>]?: Kind | undefined } | undefined
}

/** The rows, as they were told, or as the columns of a table that is made tell. */
export type Rows<R extends object, C> = string extends keyof R
  ? [C] extends [never]
    ? R
    : string extends keyof C
      ? R
      : RowOfColumns<C>
  : R

/** Columns of a key never hold `NULL`. */
type Key<R, K extends Fields> =
  Selected<R, K> extends infer Found
    ? Found extends readonly unknown[]
      ? { readonly [I in keyof Found]: NonNullable<Found[I]> }
      : K extends string
        ? unknown extends Found
          ? Found
          : NonNullable<Found>
        : Found
    : never

type Value<R, K extends Fields, V, W> = V extends Fields
  ? Selected<R, V>
  : Without<R, NamesIn<K> | (W extends undefined ? never : keyof W)>

type Stored<R, K extends Fields, V, M, W> = M extends 'all' ? Value<R, K, V, W>[] : Value<R, K, V, W>

/** The store of rows with these options. */
export type RowStore<R extends object, K extends Fields, V, M extends Match | undefined, W = undefined> =
  | (M extends 'first' ? Reader<Key<R, K>, Value<R, K, V, W>> : never)
  | (M extends 'first' ? never : StoreOf<Key<R, K>, Stored<R, K, V, M, W>>)

/** Options with every choice made, and every name checked. */
export interface Settings extends Omit<SettingsOf<typeof OPTIONS>, 'key' | 'orderBy'> {
  readonly key: Fields
  readonly orderBy: readonly { readonly column: string; readonly descending: boolean }[]
}

/** Throws `TypeError` for options that make no sense. */
export function rowSettings(options: RowsOptions, dialect: Dialect): Settings {
  const { key, orderBy, ...others } = settingsOf('rows', OPTIONS, options as OptionsOf<typeof OPTIONS>)
  if (key === undefined) throw new TypeError('rows: key names the column or columns of the key')
  const orders = (Array.isArray(orderBy) ? orderBy : [orderBy]).map(orderOf)
  const settings: Settings = { ...others, key, orderBy: orders }
  checkNames(settings, dialect)
  return settings
}

function orderOf(order: Order): { column: string; descending: boolean } {
  return typeof order === 'string'
    ? { column: order, descending: false }
    : { column: order.column, descending: order.descending ?? false }
}

function checkNames({ key, value, where, orderBy, create, types }: Settings, dialect: Dialect): void {
  const keys = selectFields(key, 'InvalidKey').names
  const values = value === undefined ? [] : selectFields(value, 'InvalidValue').names
  const created = Object(create) === create ? Object.keys(Object.values(create as object)[0] ?? {}) : []
  const all = [
    ...keys,
    ...values,
    ...Object.keys(where),
    ...orderBy.map(({ column }) => column),
    ...Object.keys(types),
    ...created,
  ]
  for (const name of all) checkName('rows: the name of a column', dialect, name)
  const twice = [...values, ...Object.keys(where)].find(name => keys.includes(name))
  if (twice !== undefined)
    throw new TypeError(
      `rows: the column ${JSON.stringify(twice)} is part of the key, so neither value nor where can name it`,
    )
  const fixed = values.find(name => Object.hasOwn(where, name))
  if (fixed !== undefined)
    throw new TypeError(
      `rows: the column ${JSON.stringify(fixed)} is fixed by where, so value cannot name it`,
    )
}
