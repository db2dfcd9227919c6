import type { Change, Failures, MaybePromise } from '../../driver.ts'
import type { AnyStore, ReadOptions } from '../../store.ts'
import { viewBehind } from '../../view/over.ts'
import { whenReady } from '../../when-ready.ts'
import { belowMethods } from '../below.ts'
import { layer } from '../layer.ts'
import { NearCopy, type NearSettings } from './near-copy.ts'
import { overlaps } from './overlaps.ts'
import { readBatch } from './read-batch.ts'
import { readThrough } from './read-through.ts'

export interface CacheSettings extends NearSettings {
  readonly keepWrites: boolean
}

/** A store that is read by a near copy, and a way to drop what is near of a key. */
export interface CacheLayer {
  readonly store: AnyStore
  forget(key: unknown): Promise<void>
}

/** A store over `store` that keeps what is read in `kept`, and owns both. */
export function cacheLayer(store: AnyStore, kept: AnyStore, settings: CacheSettings): CacheLayer {
  const view = viewBehind(store)
  const { driver } = view.source
  const below = belowMethods(store)
  const near = new NearCopy(kept, settings)
  const writing = overlaps()
  const idOf = (key: unknown) => (typeof key === 'string' ? key : view.identity(key))
  const through = readThrough(store, near, idOf, settings.revalidate)
  const { under, get, refresh } = through
  // A batch tells no etags, and one value that a codec refuses would fail all.
  const batched = driver.getMany !== undefined && view.mapping.plain && !settings.revalidate
  // What is read is what was written, byte by byte, so that the near copy needs no reading back.
  const conditional = view.guarantees.conditions.length > 0
  const faithful = view.mapping.plain && driver.valueType !== 'any' && !settings.revalidate

  const made = layer<AnyStore>(store, 'cached', {
    get,
    has,
    stat,
    getMany: batched
      ? readBatch(through, near, idOf, async (keys, how) => await below.getMany(keys, how))
      : 'derived',
    getWithStat: 'below',
    readStream: 'below',
    entryPages: 'below',
    pathOf: 'below',
    urlOf: 'below',
    watch: 'below',
    set: (key, value, options) =>
      written(
        [key],
        () => below.set(key, value, options),
        () => keepEach([[key, value]]),
      ),
    delete: (key, options) => written([key], () => below.delete(key, options)),
    setMany: (entries, options) =>
      written(
        entries.map(([key]) => key),
        () => below.setMany(entries, options),
        failures => keepEach(entries, failures),
      ),
    deleteMany: (keys, options) => written(keys, () => below.deleteMany(keys, options)),
    writeStream: (key, chunks, options) => written([key], () => below.writeStream(key, chunks, options)),
    batch: (changes, options) => written(changes.map(changedKey), () => below.batch(changes, options)),
    remove: (key, options) => written([key], () => below.remove(key, options)),
    rename: (from, to, options) => written([from, to], () => below.rename(from, to, options)),
    writeOptions: driver.writeOptions ?? [],
    async close() {
      under.close()
      // In this order, so that a store which stays open keeps its cache.
      await store.close()
      await near.close()
    },
  })
  return { store: made, forget: key => dropped([key]) }

  function has(key: unknown, options: ReadOptions): MaybePromise<boolean> {
    const standing = near.standing(key, idOf(key))
    if (standing === 'absent') return false
    if (standing !== 'fresh' && standing !== 'stale') return below.has(key, options)
    return whenReady(near.holds(key, options), held => held || below.has(key, options))
  }

  /** An etag is given only beside a value that has it, so that a conditional write never answers to an older one. */
  async function stat(key: unknown, options: ReadOptions) {
    const found = await below.stat(key, options)
    const { etag } = found ?? {}
    const misleads = conditional && etag !== undefined && near.etagOf(idOf(key)) !== etag
    if (found === undefined || misleads) await dropped([key])
    return found
  }

  /** Drops what is near, and lets no fetch that began before keep anything. */
  async function dropped(keys: readonly unknown[]): Promise<void> {
    await under.writeAll(keys.map(idOf), () => dropEach(keys))
  }

  /** Drops what is near before the write begins, so that nobody reads an old value after somebody read the new one. */
  async function written<R>(
    keys: readonly unknown[],
    write: () => MaybePromise<R>,
    keep?: (result: R) => Promise<void>,
  ): Promise<R> {
    const ids = keys.map(idOf)
    writing.begin(ids)
    try {
      const result = await under.writeAll(ids, async () => {
        await dropEach(keys)
        return await write()
      })
      if (settings.keepWrites) await keep?.(result)
      return result
    } finally {
      writing.end(ids)
    }
  }

  async function dropEach(keys: readonly unknown[]): Promise<void> {
    await Promise.all(keys.map(key => near.drop(key, idOf(key))))
  }

  async function keepEach(
    entries: readonly (readonly [unknown, unknown])[],
    failures?: Failures<unknown> | void,
  ): Promise<void> {
    const failed = new Set([...(failures?.keys() ?? [])].map(idOf))
    await Promise.all(
      entries.map(([key, value]) => (failed.has(idOf(key)) ? undefined : keepWritten(key, value))),
    )
  }

  /** Keeps a value that was written, unless another write may have come after it. */
  async function keepWritten(key: unknown, value: unknown): Promise<void> {
    const id = idOf(key)
    if (!writing.isAlone(id) || under.isUnderWay(id)) return
    const at = near.time(key)
    if (faithful)
      await under.join(id, async flight => {
        await flight.keep(() => near.keep(key, id, value, { at }))
        return value
      })
    else await refresh(key).catch(error => near.report(error, key))
  }
}

function changedKey(change: Change<unknown, unknown>): unknown {
  return 'set' in change ? change.set : change.delete
}
