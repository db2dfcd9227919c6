import { type AnyReader, type AnyStore, inner, isStoreError } from '@kvdol/core'
import { type Internals, internalsOf } from './internals.ts'

/** Does the work of a function that reads a store of this package, unless it is closed. */
export async function reading<Kind extends keyof Internals, T>(
  store: AnyReader,
  op: string,
  kind: Kind,
  work: (internals: Required<Internals>[Kind]) => Promise<T>,
): Promise<T> {
  return await named(op, async () => {
    const internals = internalsOf(store, op, kind)
    // Asks the driver for nothing, and rejects when the store is closed.
    for await (const _ of inner(store).keys({ limit: 0 })) break
    return await work(internals)
  })
}

/** Does the work of a function that writes a store of this package, unless it is closed or can only be read. */
export async function writing<Kind extends keyof Internals, T>(
  store: AnyStore,
  op: string,
  kind: Kind,
  work: (internals: Required<Internals>[Kind]) => Promise<T>,
): Promise<T> {
  return await named(op, async () => {
    const internals = internalsOf(store, op, kind)
    await inner(store).setMany([])
    return await work(internals)
  })
}

async function named<T>(op: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isStoreError(error) ? error.with({ op, store: 'mongo', key: error.key }) : error
  }
}
