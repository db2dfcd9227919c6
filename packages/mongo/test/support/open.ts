import type { Store } from '@kvdol/core'
import { blobs, type MongoAddress } from '../../src/index.ts'

/** Opens the store of a place: an address as JSON. For child processes. */
export function open(place: string): Store<string, Uint8Array> {
  return blobs(JSON.parse(place) as MongoAddress)
}
