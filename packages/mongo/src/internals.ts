import { type AnyReader, driverOf, StoreError } from '@kvdol/core'
import type { Context as BlobsContext } from './blobs/context.ts'
import type { Context as DocumentsContext } from './documents/context.ts'

/** What functions of this package know of a store, by the kind of store. */
export interface Internals {
  readonly blobs?: BlobsContext
  readonly documents?: DocumentsContext
}

const known = new WeakMap<object, Internals>()

/** The driver, known to the functions of this package. */
export function withInternals<D extends object>(driver: D, internals: Internals): D {
  known.set(driver, internals)
  return driver
}

/** The internals of the store under all transforms. Throws `Unsupported` for another kind of store. */
export function internalsOf<Kind extends keyof Internals>(
  store: AnyReader,
  op: string,
  kind: Kind,
): Required<Internals>[Kind] {
  const found = known.get(driverOf(store))?.[kind]
  if (found === undefined)
    throw new StoreError('Unsupported', `${op} needs a store made by ${kind}() of @kvdol/mongo`)
  return found as Required<Internals>[Kind]
}
