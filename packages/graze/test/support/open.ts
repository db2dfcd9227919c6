import { memory, type Store } from '@kvdol/core'
import { closedAfterTest } from '@kvdol/test-support'
import { type GrazeOptions, graze } from '../../src/index.ts'

/** A store of kept URLs that ends with the test, with a cache in memory unless told otherwise. */
export function grazing(options: GrazeOptions = {}): Store<string, Uint8Array> {
  return closedAfterTest(graze({ cache: memory(), ...options }))
}
