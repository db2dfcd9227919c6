import { StoreError } from '../error.ts'
import type { BatchOptions, Store } from '../store.ts'

/** A batch is written when it has so many entries, or values of so many bytes. */
const MOST_ENTRIES = 100
const MOST_BYTES = 8 * 1024 * 1024

/** Collects single writes and makes batches of them. */
export interface BatchWriter<K, V> {
  /** Takes a write; resolves at once, or when the batch that it fills has been written. */
  add(key: K, value: V): Promise<void>
  /** Writes what is left. */
  flush(): Promise<void>
}

/**
 * Writes to `to` in batches and tells of every key, once, what became of it. Where a batch fails as a whole, its
 * entries are written one by one, so that a bad one keeps no other out. Rejects only for an aborted call.
 */
export function batchWriter<K, V>(
  to: Store<K, V>,
  tell: (key: K, error?: StoreError) => void,
  options: BatchOptions,
): BatchWriter<K, V> {
  let waiting: [K, V][] = []
  let bytes = 0

  async function flush(): Promise<void> {
    const entries = waiting
    waiting = []
    bytes = 0
    if (entries.length === 0) return
    const error = await failureOf(to.setMany(entries, options), options)
    if (error === undefined || error.failures !== undefined)
      for (const [key] of entries) tell(key, error?.failures?.get(key))
    else
      for (const [key, value] of entries)
        tell(key, await failureOf(to.set(key, value, { signal: options.signal }), options))
  }

  return {
    async add(key, value) {
      waiting.push([key, value])
      bytes += value instanceof Uint8Array ? value.byteLength : 0
      if (waiting.length >= MOST_ENTRIES || bytes >= MOST_BYTES) await flush()
    },
    flush,
  }
}

async function failureOf(call: Promise<void>, { signal }: BatchOptions): Promise<StoreError | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    if (signal?.aborted || !(error instanceof StoreError)) throw error
    return error
  }
}
