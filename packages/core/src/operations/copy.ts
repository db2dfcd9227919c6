import { StoreError } from '../error.ts'
import type { AnyReader, BatchOptions, PrefixOf, Reader, Store, WriteOptions } from '../store.ts'
import { combined } from '../view/batch.ts'
import { CONCURRENCY, eachBounded } from '../view/bounded.ts'
import { viewBehind } from '../view/over.ts'
import { guarantees } from './guarantees.ts'
import { readStream } from './read-stream.ts'
import { streamCodecs } from './streaming.ts'
import { writeStream } from './write-stream.ts'

export interface CopyOptions<K> extends BatchOptions {
  /** Copies only the keys with this prefix. */
  prefix?: PrefixOf<K>
  /**
   * Whether values at the destination are replaced; otherwise keys that exist there are skipped. Where the
   * destination has no `ifAbsent`, a key that appears there during the copy may still be replaced.
   * @default true
   */
  overwrite?: boolean
  /** Called after each key. */
  onProgress?: (progress: CopyResult & { key: K }) => void
}

/** How many keys were copied, and how many were skipped because they exist or vanished. */
export interface CopyResult {
  copied: number
  skipped: number
}

/** Byte values longer than this go by stream, where both stores can. */
const STREAM_FROM = 1024 * 1024

/**
 * Copies entries from one store to another; keys and values pass through the transforms of both. What else is at the
 * destination stays. Long byte values are streamed where both stores can, so memory stays flat.
 *
 * Every key is tried; when some fail, it rejects at the end with `failures` by key.
 *
 * @example
 * ```ts
 * await copy(files('photos'), bucket({ bucket: 'backup' }), { overwrite: false })
 * ```
 */
export async function copy<K, V>(
  from: Reader<K, V>,
  to: Store<K, V>,
  { prefix, overwrite = true, onProgress, concurrency = CONCURRENCY, signal }: CopyOptions<K> = {},
): Promise<CopyResult> {
  const result: CopyResult = { copied: 0, skipped: 0 }
  const failures = new Map<unknown, StoreError>()
  const streams = canStream(from, 'readStream') && canStream(to, 'writeStream')
  const guarded = guarantees(to).conditions.includes('ifAbsent')
  const listed = from.keys({ ...(prefix === undefined ? {} : { prefix }), signal })
  await eachBounded(listed, concurrency, async key => {
    try {
      result[(await copyOne(key)) ? 'copied' : 'skipped']++
    } catch (error) {
      if (signal?.aborted || !(error instanceof StoreError)) throw error
      failures.set(key, error)
      return
    }
    onProgress?.({ ...result, key })
  })
  if (failures.size > 0) throw viewBehind(to).wrap('copy', undefined, combined(failures))
  return result

  async function copyOne(key: K): Promise<boolean> {
    if (!overwrite && (await to.has(key, { signal }))) return false
    try {
      return await transfer(key, { signal, ifAbsent: !overwrite && guarded })
    } catch (error) {
      if (!overwrite && error instanceof StoreError && error.code === 'Conflict') return false
      throw error
    }
  }

  async function transfer(key: K, options: WriteOptions): Promise<boolean> {
    if (streams && ((await from.stat(key, { signal }))?.size ?? 0) > STREAM_FROM) {
      const bytes = await readStream(from as Reader<K, Uint8Array>, key, { signal })
      if (bytes !== undefined) await writeStream(to as Store<K, Uint8Array>, key, bytes, options)
      return bytes !== undefined
    }
    const value = await from.get(key, { signal })
    if (value !== undefined) await to.set(key, value, options)
    return value !== undefined
  }
}

/** Both ends give and take bytes by stream, whatever transforms are in between. */
function canStream(store: AnyReader, method: 'readStream' | 'writeStream'): boolean {
  const view = viewBehind(store)
  return view.source.driver[method] !== undefined && streamCodecs(view) !== undefined
}
