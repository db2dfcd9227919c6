import type { DriverListOptions } from '@kvdol/core'
import type { Documents } from '../../calls.ts'
import { startsWith } from '../../prefix-range.ts'
import type { MongoRecord } from '../../shapes.ts'
import type { Context } from '../opening/context.ts'
import { aggregateIn, find, valueFrom } from '../reading/value.ts'
import { fromData } from '../records/driver-classes.ts'
import { equals } from '../records/filter.ts'
import type { Form } from '../records/form.ts'
import { toKeyPart } from '../records/keys.ts'

/** The keys, each once. */
export async function* listKeys(
  context: Context,
  { prefix }: DriverListOptions<unknown>,
): AsyncGenerator<unknown[], void, undefined> {
  const { form } = context
  await reportForeign(context)
  const match = prefixOf(form, prefix)
  const projection = Object.fromEntries(form.keyNames.map(name => [name, 1 as const]))
  if (form.byId) {
    for await (const page of find(context, { match, projection }).parts())
      yield page.map(document => form.keyOf(fromData(document) as MongoRecord))
    return
  }
  for await (const page of distinctKeys(context, match).parts())
    yield page.map(({ _id }) => {
      const parts = fromData(_id) as MongoRecord
      return form.keyOf(Object.fromEntries(form.keyNames.map((name, index) => [name, parts[`k${index}`]])))
    })
}

/** The number of keys. */
export async function countKeys(context: Context): Promise<number> {
  const { calls, form, scope, window, options } = context
  if (form.byId && window === undefined) return await calls.countDocuments(scope.base, options.read)
  const group = form.byId ? [] : [{ $group: { _id: form.keyNames.map(name => `$${name}`) } }]
  const [count] = await aggregateIn(context, [...group, { $count: 'count' }]).all()
  return Number(count?.count ?? 0)
}

/** The filter for keys that begin with `prefix`: a string, leading elements, or some fields. */
export function prefixOf({ keyNames }: Form, prefix: unknown): MongoRecord {
  const [only] = keyNames
  if (typeof prefix === 'string') return { [only as string]: startsWith(prefix) }
  if (typeof prefix !== 'object' || prefix === null) return {}
  const fields = Array.isArray(prefix)
    ? prefix.map((part, index) => [keyNames[index] as string, part] as const)
    : Object.entries(prefix)
  const given = fields.filter(([name, part]) => part !== undefined && keyNames.includes(name))
  return equals(Object.fromEntries(given.map(([name, part]) => [name, toKeyPart(part, name, 'bigint')])))
}

/** One document for each key of the store: the fields of the key, in the order of the first document with it. */
function distinctKeys(context: Context, match: MongoRecord): Documents {
  const { form, settings } = context
  const sorts = Object.entries(settings.sort ?? {})
  const group = {
    _id: Object.fromEntries(form.keyNames.map((name, index) => [`k${index}`, `$${name}`])),
    ...Object.fromEntries(sorts.map(([name], index) => [`s${index}`, { $first: `$${name}` }])),
  }
  const sort = Object.fromEntries(sorts.map(([, way], index) => [`s${index}`, way]))
  const sorted = sorts.length > 0 ? [{ $sort: sort }] : []
  return aggregateIn(context, [{ $match: match }, { $group: group }, ...sorted])
}

async function reportForeign({ calls, settings, scope, options }: Context): Promise<void> {
  const { onForeign, filter } = settings
  if (onForeign === undefined) return
  const foreign = { $and: [filter, { $nor: [scope.base] }] }
  for (const { _id } of await calls.find(foreign, { ...options.read, projection: { _id: 1 } }).all())
    onForeign({ id: _id })
}

/** Keys with their values, where each document has a key of its own. */
export async function* listEntries(
  context: Context,
  { prefix }: DriverListOptions<unknown>,
): AsyncGenerator<[unknown, unknown][], void, undefined> {
  const { form } = context
  for await (const page of find(context, { match: prefixOf(form, prefix) }).parts())
    yield page.map(document => [
      form.keyOf(fromData(document) as MongoRecord),
      valueFrom(context, [document]),
    ])
}
