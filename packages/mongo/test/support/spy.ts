import type { Collection } from 'mongodb'
import type { MongoCollection } from '../../src/index.ts'

/** A call of a collection: its method and what it was given. */
export interface SpiedCall {
  readonly method: string
  readonly args: readonly unknown[]
}

/** The same collection, and every call that it gets. */
export function spied(collection: Collection): { through: MongoCollection; calls: SpiedCall[] } {
  const calls: SpiedCall[] = []
  const through = new Proxy(collection, {
    get(_, name) {
      const member: unknown = Reflect.get(collection, name, collection)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        calls.push({ method: String(name), args })
        return Reflect.apply(member, collection, args)
      }
    },
  })
  return { through: through as unknown as MongoCollection, calls }
}
