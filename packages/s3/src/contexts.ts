import { type AnyReader, type Driver, driverOf, StoreError } from '@kvdol/core'
import type { Context } from './context.ts'

const ofDrivers = new WeakMap<object, Context>()
const ofStores = new WeakMap<object, Context>()

/** Which stores are this package's, for the functions that take one. */
export const contexts = {
  add(context: Context, driver: Driver<string, Uint8Array>, store: object): void {
    ofDrivers.set(driver, context)
    ofStores.set(store, context)
  },

  /** What is behind a store, through any transforms. Throws `Unsupported` for a store of another kind. */
  behind(store: AnyReader, op: string): Context {
    const context = ofDrivers.get(driverOf(store))
    if (context !== undefined) return context
    throw new StoreError('Unsupported', `${op} takes a store that bucket has made, also through transforms`, {
      op,
    })
  },

  /** What is behind a store that has no transforms. */
  of: (store: AnyReader): Context | undefined => ofStores.get(store),
}
