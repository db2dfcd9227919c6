import type { CollectionCalls } from '../collection-calls.ts'

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
