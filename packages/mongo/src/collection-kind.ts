import { StoreError } from '@kvdol/core'
import type { MongoCollection, MongoRecord } from './shapes.ts'

/** What the server says of a collection; `undefined` when it does not exist. */
export async function describeCollection(
  { db, collectionName }: MongoCollection,
  options: object,
): Promise<MongoRecord | undefined> {
  const [info] = await db.listCollections({ name: collectionName }, options).toArray()
  return info
}

/** Refuses with `Incompatible` a collection that takes different strings for the same. */
export function assertBinary({ options }: MongoRecord): void {
  const { collation } = (options ?? {}) as { collation?: { locale?: unknown } }
  if (collation !== undefined && collation.locale !== 'simple')
    throw new StoreError(
      'Incompatible',
      'the collection has a collation, so that different keys would be the same; use one without',
    )
}
