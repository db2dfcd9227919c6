import { isStoreError, type Selection, StoreError, selectFields } from '@kvdol/core/adapter'
import type { Holding, Kind } from '../../dialects/dialect.ts'
import { type DescribedColumn, describe } from '../../tables/columns.ts'
import { quotedTable } from '../../tables/table-name.ts'
import { namedCodec, typesAdvice } from '../column-codec.ts'
import type { Settings } from '../options.ts'
import type { Asked, Plan, PlannedColumn } from '../plan.ts'

/** Looks at the table; `undefined` when there is none. Rejects `Incompatible` for a column that it lacks. */
export async function planOf(asked: Asked): Promise<Plan | undefined> {
  const { db, dialect, table, settings } = asked
  const found = await describe(db, dialect, table)
  if (found.length === 0) return undefined
  const columns = new Map(found.map(column => [column.name, column]))
  const declared = declaredKinds(settings)
  assertKinds(columns, declared, asked)
  const kinds: Kinds = new Map([...declared, ...Object.entries(settings.types)])
  const column = (code: 'InvalidKey' | 'InvalidValue') => (name: string) =>
    planned(columns, name, kinds, code, asked)

  const key = selectFields(settings.key, 'InvalidKey') as Selection<unknown>
  const value = selectValue(asked, found, key)
  const named = [...settings.orderBy.map(order => order.column), ...Object.keys(settings.types)]
  for (const name of named) column('InvalidValue')(name)
  const where = Object.entries(settings.where).map(([name, fixed]) => {
    const planned = column('InvalidValue')(name)
    return { ...planned, fixed: planned.encode(fixed) }
  })
  const unique = await uniqueKeys(asked)
  // In a unique index NULL differs from NULL.
  const certain = [...key.names, ...where.filter(({ fixed }) => fixed !== null).map(({ name }) => name)]
  const target = unique.find(names => names.every(name => name !== null && certain.includes(name)))
  const keyColumns = key.names.map(column('InvalidKey'))
  await assertComparable(asked, keyColumns)
  return {
    ...asked,
    quotedTable: quotedTable(dialect, table),
    key,
    value,
    keyColumns,
    valueColumns: value.names.map(column('InvalidValue')),
    where,
    target: target as string[] | undefined,
    onlyTarget: target !== undefined && unique.length === 1,
  }
}

/** Refuses key columns of types that the database cannot sort, or for which equal means something else. */
async function assertComparable(
  { db, dialect, table }: Asked,
  keyColumns: readonly PlannedColumn[],
): Promise<void> {
  for (const { name, quoted, kind } of keyColumns) {
    const query = kind === 'any' || kind === 'json' ? dialect.types.comparison : undefined
    if (query === undefined) continue
    try {
      await db.query(query(quoted, quotedTable(dialect, table)), [])
    } catch (error) {
      if (!isStoreError(error, 'Incompatible')) throw error
      throw new StoreError(
        'Incompatible',
        `the column ${JSON.stringify(name)} of the table ${JSON.stringify(table.name)} cannot be part of the key: the database does not compare its type; name other columns with key`,
        { cause: error },
      )
    }
  }
}

/** The form of the value; where the table has no other columns, an empty record. */
function selectValue(
  { settings: { value, where } }: Asked,
  found: readonly DescribedColumn[],
  key: Selection<unknown>,
): Selection<unknown> {
  if (value !== undefined) return selectFields(value, 'InvalidValue') as Selection<unknown>
  const others = found
    .filter(({ name, generated }) => !generated && !key.names.includes(name) && !Object.hasOwn(where, name))
    .map(({ name }) => name)
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
  kinds: Kinds,
  code: 'InvalidKey' | 'InvalidValue',
  asked: Asked,
): PlannedColumn {
  const { dialect, table } = asked
  const column = columns.get(name)
  if (column === undefined)
    throw new StoreError(
      'Incompatible',
      `the table ${JSON.stringify(table.name)} has no column ${JSON.stringify(name)}; it has ${[...columns.keys()].join(', ')}`,
    )
  const isKey = code === 'InvalidKey'
  const holding = dialect.types.holding(column.holds, kinds.get(name))
  const { kind } = holding
  assertUsable(column, holding, isKey, asked)
  return {
    ...namedCodec(
      { ...column, countsFromZero: column.note === 'counts from 0' },
      holding,
      dialect.types,
      code,
    ),
    name,
    kind,
    holding,
    isIdentity: column.note === 'identity',
    isComputed: column.generated && column.note !== 'identity',
    isSet: !column.generated,
    quoted: dialect.quote(name),
    loose: (column.loose && kind === 'text') || holding.byText === true,
    isText: kind === 'text' && column.note !== 'UTF-16',
  }
}

/** What is to be known of a column that can be used. */
const NOTES = ['identity', 'counts from 0', 'UTF-16']
const JSON_KEY = 'holds JSON, which has many texts for the same value'

/** Refuses a column that would give something else than it was given, or hold rows that no key finds. */
function assertUsable(
  { name, type, note }: DescribedColumn,
  { kind, unusable, noKey, coarse }: Holding,
  isKey: boolean,
  { settings, table }: Asked,
): void {
  const session = note === undefined || NOTES.includes(note) ? undefined : note
  const why =
    unusable ??
    (isKey ? (kind === 'json' ? JSON_KEY : (noKey ?? coarse)) : undefined) ??
    (settings.match === 'all' ? coarse : undefined) ??
    session
  if (why === undefined) return
  const advice =
    why === session
      ? 'change that'
      : why === coarse || why === JSON_KEY
        ? typesAdvice(name, 'text')
        : `name other columns with ${isKey ? 'key' : 'value'}`
  throw new StoreError(
    'Incompatible',
    `the column ${JSON.stringify(name)} (${type}) of the table ${JSON.stringify(table.name)} cannot be used: ${why === session ? '' : 'it '}${why}; ${advice}`,
  )
}

/** Columns of an existing table must be as they would have been made. */
function assertKinds(
  columns: ReadonlyMap<string, DescribedColumn>,
  declared: Kinds,
  { dialect: { types }, table }: Asked,
): void {
  for (const [name, kind] of declared) {
    const column = columns.get(name)
    const made = [true, false].map(isKey => types.holding(types.typeOf(kind, isKey)).kind)
    const fitting = [...made, ...(types.alike[kind] ?? [])]
    if (column !== undefined && (fitting.includes(column.kind) || kind === 'any')) continue
    throw new StoreError(
      'Incompatible',
      `the table ${JSON.stringify(table.name)} is there already, and ${column === undefined ? `has no column ${JSON.stringify(name)}` : `its column ${JSON.stringify(name)} is ${column.type}`}`,
    )
  }
}

/** The unique indexes of a table, as lists of columns; `null` stands for an expression, or for a part of a column. */
async function uniqueKeys({ db, dialect, table }: Asked): Promise<(string | null)[][]> {
  const { text, params } = dialect.catalogue.uniqueKeys(table)
  const indexes = new Map<string, (string | null)[]>()
  for (const [index, column] of (await db.query(text, params)).rows) {
    const names = indexes.get(String(index)) ?? []
    names.push(column === null ? null : String(column))
    indexes.set(String(index), names)
  }
  return [...indexes.values()]
}

/** The kinds of columns by name. */
export type Kinds = ReadonlyMap<string, Kind>

/** The kinds of the columns that the option `create` tells of. */
export function declaredKinds({ create }: Settings): Kinds {
  if (create === undefined || create === true) return new Map()
  return 'columns' in create ? new Map(Object.entries(create.columns)) : kindsOf(create.sample)
}

/** The kinds of columns that can hold a row. */
export function kindsOf(sample: object): Kinds {
  return new Map(Object.entries(sample).map(([name, value]) => [name, kindOf(name, value)]))
}

function kindOf(name: string, value: unknown): Kind {
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
