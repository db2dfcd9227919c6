import type { Store } from '@kvdol/core'
import { type BucketOptions, bucket } from '../../src/index.ts'

/** Opens the store of a place: the name of a bucket and options, as JSON. For child processes. */
export function open(place: string): Store<string, Uint8Array> {
  const [name, options] = JSON.parse(place) as [string, BucketOptions]
  return bucket(name, options)
}
