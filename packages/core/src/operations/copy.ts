import { StoreError } from '../error.ts'
import { callback, flag } from '../options/kinds.ts'
import type { OptionsOf, SettingsOf } from '../options/settings-of.ts'
import type { AnyReader, AnyStore, BatchOptions, PrefixOf, Reader, Store, WriteOptions } from '../store.ts'
import { combined } from '../view/batch.ts'
import { CONCURRENCY, eachBounded } from '../view/bounded.ts'
import { assertWritable } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'
import { batchWriter } from './batch-writer.ts'
import { BATCH, callSettings, PREFIX } from './call-options.ts'
import { carried } from './carried.ts'
import { guarantees } from './guarantees.ts'
import { readStream } from './read-stream.ts'
import { STREAM_FROM, streamCodecs } from './streaming.ts'
import { bytesOf, writeStream } from './write-stream.ts'

export interface CopyOptions<K> extends BatchOptions {
  /** Copies only the keys with this prefix. */
  prefix?: PrefixOf<K> | undefined
  /**
   * Whether values at the destination are replaced; otherwise keys that exist there are skipped. Where the
   * destination has no `ifAbsent`, a key that appears there during the copy may still be replaced.
   * @default true
   */
  overwrite?: boolean | undefined
  /** Called after each key that was copied or skipped. */
  onProgress?: ((progress: CopyResult & { key: K }) => void) | undefined
}

/** How many keys were copied, and how many were skipped because they exist or vanished. */
export interface CopyResult {
  copied: number
  skipped: number
}

/**
 * Copies entries from one store to another; keys and values pass through the transforms of both. What else is at the
 * destination stays. Long byte values are streamed where both stores can, so memory stays flat; the others are written in
 * batches where the destination takes batches.
 *
 * Every key is tried; when some fail, it rejects at the end with `failures` by key.
 *
 * @example
 * ```ts
 * await copy(files('photos'), bucket('backup'), { overwrite: false })
 * ```
 */
export async function copy<K, V>(
  from: Reader<K, V>,
  to: Store<K, V>,
  options?: CopyOptions<K>,
): Promise<CopyResult> {
  const { prefix, overwrite, onProgress, concurrency = CONCURRENCY, signal } = settings(from, to, options)
  const result: CopyResult = { copied: 0, skipped: 0 }
  const failures = new Map<unknown, StoreError>()
  const streams = canStream(from, 'readStream') && canStream(to, 'writeStream')
  const guarded = guarantees(to).conditions.includes('ifAbsent')
  const batch =
    overwrite && viewBehind(to).source.driver.setMany !== undefined
      ? batchWriter(to, copied, { signal, concurrency })
      : undefined

  const listed = from.keys({ prefix, signal })
  await eachBounded(listed, concurrency, async key => {
    const outcome = await attempt(key)
    if (typeof outcome === 'object') await batch?.add(key, outcome.waits)
    else if (outcome !== 'failed') tell(key, outcome)
  })
  await batch?.flush()
  if (failures.size > 0) throw viewBehind(to).wrap('copy', undefined, combined(failures))
  return result

  function copied(key: K, error?: StoreError): void {
    if (error === undefined) tell(key, 'copied')
    else failures.set(key, error)
  }

  function tell(key: K, outcome: 'copied' | 'skipped'): void {
    result[outcome]++
    onProgress?.({ ...result, key })
  }

  async function attempt(key: K): Promise<Outcome<V>> {
    try {
      return await copyOne(key)
    } catch (error) {
      if (signal?.aborted || !(error instanceof StoreError)) throw error
      if (!overwrite && error.code === 'Conflict') return 'skipped'
      failures.set(key, error)
      return 'failed'
    }
  }

  async function copyOne(key: K): Promise<Outcome<V>> {
    if (!overwrite && (await to.has(key, { signal }))) return 'skipped'
    const options: WriteOptions = { signal, ifAbsent: !overwrite && guarded }
    if (streams && ((await from.stat(key, { signal }))?.size ?? 0) > STREAM_FROM) {
      const bytes = await readStream(from as Reader<K, Uint8Array>, key, { signal })
      if (bytes === undefined) return 'skipped'
      const target = to as Store<K, unknown> as Store<K, Uint8Array>
      await carried(bytesOf(bytes) as AsyncIterable<Uint8Array>, chunks =>
        writeStream(target, key, chunks, options),
      )
      return 'copied'
    }
    const value = await from.get(key, { signal })
    if (value === undefined) return 'skipped'
    if (batch !== undefined) return { waits: value }
    await to.set(key, value, options)
    return 'copied'
  }
}

const OPTIONS = {
  ...BATCH,
  prefix: PREFIX,
  overwrite: flag.or(true),
  onProgress: callback<(progress: never) => void>(),
}

/** The options with every choice made, when both stores can do their part. */
function settings<K>(from: AnyReader, to: AnyStore, options: CopyOptions<K> | undefined) {
  viewBehind(from)
  type Settings = SettingsOf<typeof OPTIONS> & Pick<CopyOptions<K>, 'prefix' | 'onProgress'>
  const decided = callSettings(to, 'copy', OPTIONS, options as OptionsOf<typeof OPTIONS>) as Settings
  const view = viewBehind(to)
  try {
    assertWritable(view)
  } catch (error) {
    throw view.wrap('copy', undefined, error)
  }
  return decided
}

/** What has become of a key; a value that waits goes into a batch. */
type Outcome<V> = 'copied' | 'skipped' | 'failed' | { readonly waits: V }

/** Both ends give and take bytes by stream, whatever transforms are in between. */
function canStream(store: AnyReader, method: 'readStream' | 'writeStream'): boolean {
  const view = viewBehind(store)
  return view.source.driver[method] !== undefined && streamCodecs(view) !== undefined
}
