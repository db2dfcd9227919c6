import type { Reader, Store } from '@kvdol/core'
import {
  type Fields,
  flag,
  type OptionsOf,
  oneOf,
  option,
  type Selected,
  type SettingsOf,
  selectFields,
  settingsOf,
  wholeNumber,
} from '@kvdol/core/adapter'
import type { Dialect, Kind } from '../dialects/dialect.ts'
import { SCHEMA_OPTIONS } from '../tables/options.ts'
import { checkName } from '../tables/table-name.ts'

declare const row: unique symbol

/** Tells the type of a table's rows; see {@link rowType}. */
export interface RowType<R> {
  readonly [row]?: R
}

/**
 * Tells {@link rows} the type of the rows, where there is no sample to infer it from. Does nothing at run time.
 *
 * @example
 * ```ts
 * const users = rows(db, 'users', { key: 'id', row: rowType<{ id: number; name: string }>() })
 * ```
 */
export function rowType<R extends object>(): RowType<R> {
  return {}
}

/** How a table is made that is missing. */
export type Create<R> = true | { readonly columns: Readonly<Record<string, Kind>> } | { readonly sample: R }

/** What several rows with one key mean. */
export type Match = 'unique' | 'first' | 'all'

/** A column to sort by, ascending unless it says otherwise. */
export type Order = string | { readonly column: string; readonly descending?: boolean }

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
type Typed = 'key' | 'value' | 'row' | 'match' | 'create'

/** Options of {@link rows}. */
export interface RowsOptions<
  R extends object = Record<string, unknown>,
  K extends Fields = Fields,
  V extends Fields | undefined = Fields | undefined,
  M extends Match = Match,
> extends Omit<OptionsOf<typeof OPTIONS>, Typed> {
  /** The columns of the key: a name gives bare values, a list tuples, `{ record: names }` records. */
  key: K
  /** The columns of the value, in the same forms. @default a record of all other columns */
  value?: V
  /** The type of the rows, for the types of keys and values: `rowType<User>()`. */
  row?: RowType<R> | undefined
  /**
   * What several rows with one key mean. `'unique'`: an error. `'first'`: the first counts, by `orderBy`, and the store
   * can only be read. `'all'`: values are lists of all of them, and writing replaces all.
   * @default 'unique'
   */
  match?: M | undefined
  /**
   * How a missing table is made: of `columns` and their kinds, of a `sample` row, or (`true`) of the first row that is
   * written. A table that is there must have these columns.
   * @default a missing table is an error
   */
  create?: Create<R> | undefined
}

type NamesOf<F extends Fields> = F extends string
  ? F
  : F extends readonly string[]
    ? F[number]
    : F extends { readonly record: readonly (infer Name)[] }
      ? Name
      : never

type Value<R, K extends Fields, V> = V extends Fields ? Selected<R, V> : Omit<R, NamesOf<K> & string>

/** The store of rows with these options. */
export type RowStore<R extends object, K extends Fields, V, M extends Match> = M extends 'first'
  ? Reader<Selected<R, K>, Value<R, K, V>>
  : Store<Selected<R, K>, M extends 'all' ? Value<R, K, V>[] : Value<R, K, V>>

/** Options with every choice made, and every name checked. */
export interface Settings extends Omit<SettingsOf<typeof OPTIONS>, 'key' | 'orderBy'> {
  readonly key: Fields
  readonly orderBy: readonly { readonly column: string; readonly descending: boolean }[]
}

/** Throws `TypeError` for options that make no sense. */
export function rowSettings(options: RowsOptions, dialect: Dialect): Settings {
  const { key, orderBy, ...others } = settingsOf('rows', OPTIONS, options)
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
