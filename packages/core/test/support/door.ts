import { inner, pipe, type Reader, readOnly, type Store } from '../../src/index.ts'
import { cachedKeys } from '../../src/layers.ts'

export * from '../../src/adapter.ts'

/** A store that can only be read, by every way to get one. */
export function readOnlyAware(store: Store<string, Uint8Array>): Reader<string, Uint8Array>[] {
  return [
    readOnly(store),
    pipe(readOnly(store), cachedKeys()),
    readOnly(pipe(store, cachedKeys())),
    inner(readOnly(store)) as Reader<string, Uint8Array>,
    inner(readOnly(pipe(store, cachedKeys()))) as Reader<string, Uint8Array>,
  ]
}
