import {
  type Fields,
  givenOptions,
  type OptionCheck,
  option,
  type Reader,
  type Selected,
  type Store,
  selectFields,
} from '@kvdol/core'
import type { Dialect, Kind } from '../dialects/dialect.ts'
import { checkName } from '../table-name.ts'

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

/** Options of {@link rows}. */
export interface RowsOptions<
  R extends object = Record<string, unknown>,
  K extends Fields = Fields,
  V extends Fields | undefined = Fields | undefined,
  M extends Match = Match,
> {
  /** The columns of the key: a name gives bare values, a list tuples, `{ record: names }` records. */
  key: K
  /** The columns of the value, in the same forms. @default a record of all other columns */
  value?: V
  /** The type of the rows, for the types of keys and values: `rowType<User>()`. */
  row?: RowType<R> | undefined
  /**
   * Only rows with these values in these columns are part of the store; a row that it writes gets them.
   * @default all rows
   */
  where?: Readonly<Record<string, unknown>> | undefined
  /**
   * What several rows with one key mean. `'unique'`: an error. `'first'`: the first counts, by `orderBy`, and the store
   * can only be read. `'all'`: values are lists of all of them, and writing replaces all.
   * @default 'unique'
   */
  match?: M | undefined
  /** Which of several rows is the first: a column, or a list of columns. */
  orderBy?: Order | readonly Order[] | undefined
  /**
   * How a missing table is made: of `columns` and their kinds, of a `sample` row, or (`true`) of the first row that is
   * written. A table that is there must have these columns.
   * @default a missing table is an error
   */
  create?: Create<R> | undefined
  /** What columns hold, where their type does not tell: JSON, dates and booleans in SQLite. */
  types?: Readonly<Record<string, Kind>> | undefined
  /** The schema that the table is in. @default the usual one */
  schema?: string | undefined
  /**
   * Whether `clear` may empty the whole table.
   * @default false
   */
  allowClear?: boolean | undefined
  /**
   * How many rows one statement of a listing gives.
   * @default 1000
   */
  pageSize?: number | undefined
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

const KINDS = ['integer', 'bigint', 'number', 'decimal', 'text', 'boolean', 'bytes', 'date', 'json', 'any']
const record: OptionCheck[1] = value => Object(value) === value && !Array.isArray(value)
const kinds: OptionCheck[1] = value =>
  record(value) && Object.values(value as object).every(kind => KINDS.includes(kind))

const CHECKS: Readonly<Record<keyof RowsOptions, OptionCheck>> = {
  key: [
    'a column, a list of columns, or { record: columns }',
    value => Object(value) === value || typeof value === 'string',
  ],
  value: [
    'a column, a list of columns, or { record: columns }',
    value => Object(value) === value || typeof value === 'string',
  ],
  row: ['what rowType gives', record],
  where: ['a record of columns and values', record],
  match: ["'unique', 'first' or 'all'", value => ['unique', 'first', 'all'].includes(value as string)],
  orderBy: ['a column, or a list of columns', value => typeof value === 'string' || Object(value) === value],
  create: [
    `true, { columns } with kinds (${KINDS.join(', ')}), or { sample } with a row`,
    value => {
      const { columns, sample } = Object(value) as { columns?: unknown; sample?: unknown }
      return value === true || kinds(columns) !== record(sample)
    },
  ],
  types: [`a record of columns and kinds (${KINDS.join(', ')})`, kinds],
  schema: option.text,
  allowClear: option.flag,
  pageSize: option.wholeNumber(1, 10_000),
}

/** Options with every choice made, and every name checked. */
export interface Settings {
  readonly key: Fields
  readonly value: Fields | undefined
  readonly where: Readonly<Record<string, unknown>>
  readonly match: Match
  readonly orderBy: readonly { readonly column: string; readonly descending: boolean }[]
  readonly create: Create<object> | undefined
  readonly types: Readonly<Record<string, Kind>>
  readonly allowClear: boolean
  readonly pageSize: number
}

/** Throws `TypeError` for options that make no sense. */
export function settingsOf(options: RowsOptions, dialect: Dialect): Settings {
  givenOptions('rows', options, CHECKS)
  const { key, value, where = {}, match = 'unique', orderBy = [], create, types = {} } = options
  if (key === undefined) throw new TypeError('rows: key names the column or columns of the key')
  const settings: Settings = {
    key,
    value,
    where,
    match,
    orderBy: (Array.isArray(orderBy) ? orderBy : [orderBy]).map(orderOf),
    create,
    types,
    allowClear: options.allowClear ?? false,
    pageSize: options.pageSize ?? 1000,
  }
  checkNames(settings, dialect)
  return settings
}

function orderOf(order: Order): { column: string; descending: boolean } {
  return typeof order === 'string'
    ? { column: order, descending: false }
    : { column: order?.column, descending: order?.descending ?? false }
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
    throw new TypeError(`rows: the column ${JSON.stringify(twice)} is part of the key, so it cannot be more`)
  const fixed = values.find(name => Object.hasOwn(where, name))
  if (fixed !== undefined)
    throw new TypeError(
      `rows: the column ${JSON.stringify(fixed)} is fixed by where, so it cannot be part of the value`,
    )
}
