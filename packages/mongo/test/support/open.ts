import { mapKeys, pipe, prefix, type Store } from '@kvdol/core'
import { blobs, type MongoAddress } from '../../src/index.ts'

/** Opens the store of a place, an address as JSON, or a view of it. For child processes. */
export function open(place: string): Store<string, Uint8Array> {
  const { view, ...address } = JSON.parse(place) as MongoAddress & { view?: boolean }
  const store = blobs(address)
  return view ? pipe(store, mapKeys(prefix('of the view/'))) : store
}
