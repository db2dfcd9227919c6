import { StoreError } from '@kvdol/core'
import { type Selection, selectFields } from '@kvdol/core/adapter'
import type { Kind } from '../../dialects/dialect.ts'
import { type DescribedColumn, describe } from '../../tables/columns.ts'
import { quotedTable } from '../../tables/table-name.ts'
import { namedCodec } from '../column-codec.ts'
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
  { dialect, table }: Asked,
): PlannedColumn {
  const column = columns.get(name)
  if (column === undefined)
    throw new StoreError(
      'Incompatible',
      `the table ${JSON.stringify(table.name)} has no column ${JSON.stringify(name)}; it has ${[...columns.keys()].join(', ')}`,
    )
  const kind = kinds.get(name) ?? column.kind
  return {
    ...namedCodec(name, kind, dialect.types, code),
    name,
    kind,
    quoted: dialect.quote(name),
    loose: column.loose && kind === 'text',
  }
}

/** Columns of an existing table must be as they would have been made. */
function assertKinds(
  columns: ReadonlyMap<string, DescribedColumn>,
  declared: Kinds,
  { dialect: { types }, table }: Asked,
): void {
  for (const [name, kind] of declared) {
    const column = columns.get(name)
    const made = [true, false].map(isKey => types.kindOf(types.typeOf(kind, isKey)))
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
