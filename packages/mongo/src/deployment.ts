import type { Fail } from './fail.ts'
import type { MongoCollection } from './shapes.ts'

const known = new WeakMap<MongoCollection, boolean>()

/**
 * Whether the server is one of a replica set, or in front of some: only those have transactions and change streams.
 * Others may take the commands of a transaction and make none.
 */
export async function isReplicated(collection: MongoCollection, fail: Fail): Promise<boolean> {
  const before = known.get(collection)
  if (before !== undefined) return before
  const hello = await collection.db.command({ hello: 1 }, {}).catch(fail.reading)
  const found = typeof hello.setName === 'string' || hello.msg === 'isdbgrid'
  known.set(collection, found)
  return found
}
