import { type Selection, StoreError, selectFields } from '@kvdol/core'
import { type DescribedColumn, describe } from '../columns.ts'
import type { Dialect, Kind, Table } from '../dialects/dialect.ts'
import type { Executor, SqlValue } from '../executor.ts'
import { quotedTable } from '../table-name.ts'
import { type ColumnCodec, namedCodec } from './kinds.ts'
import type { Settings } from './options.ts'

/** What a store of rows is asked for, before its table is known. */
export interface Asked {
  readonly db: Executor
  readonly dialect: Dialect
  readonly table: Table
  readonly settings: Settings
}

/** A column in use. */
export interface PlannedColumn extends ColumnCodec {
  readonly name: string
  readonly quoted: string
  readonly kind: Kind
  /** Texts in it that differ may count as equal. */
  readonly loose: boolean
}

/** A store of rows over a table whose columns are known. */
export interface Plan extends Asked {
  readonly quotedTable: string
  readonly key: Selection<unknown>
  readonly value: Selection<unknown>
  readonly keyColumns: readonly PlannedColumn[]
  readonly valueColumns: readonly PlannedColumn[]
  readonly where: readonly (PlannedColumn & { readonly fixed: SqlValue })[]
  /** Columns of a unique index that no two rows of the store can share; `undefined` when there is none. */
  readonly target: readonly string[] | undefined
  /** The table has no other unique index. */
  readonly onlyTarget: boolean
}

/** Looks at the table; `undefined` when there is none. Rejects `Incompatible` for a column that it lacks. */
export async function planOf(asked: Asked): Promise<Plan | undefined> {
  const { db, dialect, table, settings } = asked
  const found = await describe(db, dialect, table)
  if (found.length === 0) return undefined
  const columns = new Map(found.map(column => [column.name, column]))
  const declared = declaredKinds(settings)
  assertKinds(columns, declared, asked)
  const column = (code: 'InvalidKey' | 'InvalidValue') => (name: string) =>
    planned(columns, name, { ...declared, ...settings.types }[name], code, asked)

  const key = selectFields(settings.key, 'InvalidKey') as Selection<unknown>
  const others = found
    .filter(
      ({ name, generated }) =>
        !generated && !key.names.includes(name) && !Object.hasOwn(settings.where, name),
    )
    .map(({ name }) => name)
  const value = selectValue(settings, others)
  for (const order of settings.orderBy) column('InvalidValue')(order.column)
  const where = Object.entries(settings.where).map(([name, fixed]) => {
    const planned = column('InvalidValue')(name)
    return { ...planned, fixed: planned.encode(fixed) }
  })
  const unique = await uniqueKeys(asked)
  // In a unique index NULL differs from NULL.
  const identity = [...key.names, ...where.filter(({ fixed }) => fixed !== null).map(({ name }) => name)]
  const target = unique.find(names => names.every(name => name !== null && identity.includes(name)))
  return {
    ...asked,
    quotedTable: quotedTable(dialect, table),
    key,
    value,
    keyColumns: key.names.map(column('InvalidKey')),
    valueColumns: value.names.map(column('InvalidValue')),
    where,
    target: target as string[] | undefined,
    onlyTarget: target !== undefined && unique.length === 1,
  }
}

/** The form of the value; where the table has no other columns, an empty record. */
function selectValue({ value }: Settings, others: readonly string[]): Selection<unknown> {
  if (value !== undefined) return selectFields(value, 'InvalidValue') as Selection<unknown>
  if (others.length > 0) return selectFields({ record: others }, 'InvalidValue') as Selection<unknown>
  return {
    names: [],
    select: () => ({}),
    spread(given) {
      if (Object(given) !== given || Object.keys(given as object).length > 0)
        throw new StoreError('InvalidValue', 'the table has no columns outside the key; the value is {}')
      return {}
    },
  }
}

function planned(
  columns: ReadonlyMap<string, DescribedColumn>,
  name: string,
  declared: Kind | undefined,
  code: 'InvalidKey' | 'InvalidValue',
  { dialect, table }: Asked,
): PlannedColumn {
  const column = columns.get(name)
  if (column === undefined)
    throw new StoreError(
      'Incompatible',
      `the table ${JSON.stringify(table.name)} has no column ${JSON.stringify(name)}; it has ${[...columns.keys()].join(', ')}`,
    )
  const kind = declared ?? column.kind
  return {
    ...namedCodec(name, kind, dialect.name, code),
    name,
    kind,
    quoted: dialect.quote(name),
    loose: column.loose && kind === 'text',
  }
}

/** The kinds of the columns that the options tell of. */
export function declaredKinds({ create }: Settings): Readonly<Record<string, Kind>> {
  if (create === undefined || create === true) return {}
  return 'columns' in create ? create.columns : kindsOf(create.sample)
}

/** The kinds of columns that can hold a row. */
export function kindsOf(sample: object): Record<string, Kind> {
  return Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, kindOfValue(name, value)]))
}

function kindOfValue(name: string, value: unknown): Kind {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'bigint') return 'bigint'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  if (value instanceof Date) return 'date'
  if (value instanceof Uint8Array) return 'bytes'
  if (Object(value) === value && typeof value !== 'function') return 'json'
  throw new StoreError(
    'InvalidValue',
    `the sample does not tell what the column ${JSON.stringify(name)} holds; give create: { columns }`,
  )
}

/** Columns of a table that is there must be as they would have been made. */
function assertKinds(
  columns: ReadonlyMap<string, DescribedColumn>,
  declared: Readonly<Record<string, Kind>>,
  { dialect, table }: Asked,
): void {
  for (const [name, kind] of Object.entries(declared)) {
    const column = columns.get(name)
    const made = [true, false].map(isKey => dialect.kindOf(formatted(dialect.typeOf(kind, isKey))))
    // MariaDB keeps JSON as text, and says that it is text.
    if (kind === 'json' && dialect.name === 'mysql') made.push('text')
    if (column !== undefined && (made.includes(column.kind) || kind === 'any')) continue
    throw new StoreError(
      'Incompatible',
      `the table ${JSON.stringify(table.name)} is there already, and ${column === undefined ? `has no column ${JSON.stringify(name)}` : `its column ${JSON.stringify(name)} is ${column.type}`}`,
    )
  }
}

/** As the catalogue of PostgreSQL writes it. */
function formatted(type: string): string {
  return type === 'timestamptz' ? 'timestamp with time zone' : type
}

/** The unique indexes of a table, as lists of columns; `null` stands for an expression, or for a part of a column. */
async function uniqueKeys({ db, dialect, table }: Asked): Promise<(string | null)[][]> {
  const { text, params } = dialect.uniqueKeys(table)
  const indexes = new Map<string, (string | null)[]>()
  for (const [index, column] of (await db.query(text, params)).rows) {
    const names = indexes.get(String(index)) ?? []
    names.push(column === null ? null : String(column))
    indexes.set(String(index), names)
  }
  return [...indexes.values()]
}
