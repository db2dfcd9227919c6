import type { Store } from '@kvdol/core'
import { redis } from '../../src/index.ts'

/** Opens the store of a place: its options as JSON. For child processes. */
export function open(place: string): Store<string, Uint8Array> {
  return redis(JSON.parse(place))
}
