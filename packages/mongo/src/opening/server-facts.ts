import { StoreError } from '@kvdol/core/adapter'
import type { CollectionCalls } from '../collection-calls.ts'
import type { MongoRecord } from '../shapes.ts'

/**
 * What the server says of a collection; `undefined` when it does not exist. Rejects `Incompatible` for one that takes
 * different strings for the same.
 */
export async function describeCollection(
  calls: CollectionCalls,
  options: object,
): Promise<MongoRecord | undefined> {
  const [info] = await calls.ask(options, ({ db, collectionName }, how) =>
    db.listCollections({ name: collectionName }, how).toArray(),
  )
  const { collation } = Object(info?.options) as { collation?: { locale?: unknown } }
  if (collation !== undefined && collation.locale !== 'simple')
    throw new StoreError(
      'Incompatible',
      'the collection has a collation, so that different keys would be the same; use one without',
    )
  return info
}

const known = new WeakMap<object, boolean>()

/**
 * Whether the server is one of a replica set, or in front of some: only those have transactions and change streams.
 * Others may take the commands of a transaction and make none.
 */
export async function isReplicated(calls: CollectionCalls): Promise<boolean> {
  return await calls.ask({}, async ({ db }, how) => {
    const before = known.get(db.client)
    if (before !== undefined) return before
    const hello = await db.command({ hello: 1 }, how)
    const found = typeof hello.setName === 'string' || hello.msg === 'isdbgrid'
    known.set(db.client, found)
    return found
  })
}
