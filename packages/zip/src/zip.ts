import { createStore, type Guarantees, guarantees, isStoreError, type Reader, type Store } from '@kvdol/core'
import { flushOf } from './flush.ts'
import { type Settings, settingsOf, type ZipOptions, type ZipReadOptions } from './options.ts'
import type { RandomAccess } from './places/access-place.ts'
import type { Place } from './places/place.ts'
import { isGuarded, type StoredArchive } from './places/store-place.ts'
import { archive } from './reading/archive.ts'
import { readingDriver } from './reading/reading-driver.ts'
import { placeOf } from './source.ts'
import { rejectsOf } from './writing/check-name.ts'
import { type Commit, committer } from './writing/committer.ts'
import { staging } from './writing/staging.ts'
import { writingDriver } from './writing/writing-driver.ts'

/**
 * A zip archive as a store: each entry is a value, its name the key.
 *
 * Reading a value reads the directory and that entry only. An archive in a file, or in a store that can be written, can
 * be written itself: it is replaced as a whole, so that readers and crashes meet the old one or the new one. Throws
 * `TypeError` for bad options; touches nothing before the first call.
 *
 * @example
 * ```ts
 * const notes = pipe(zip('notes.zip'), textValues())
 * await notes.set('todo/monday.txt', 'water the plants')
 * ```
 */
export function zip(source: string, options?: ZipOptions): Store<string, Uint8Array>
export function zip<K>(
  source: { readonly store: Store<K, Uint8Array>; readonly key: K },
  options?: ZipOptions,
): Store<string, Uint8Array>
export function zip<K>(
  source: Uint8Array | URL | RandomAccess | { readonly store: Reader<K, Uint8Array>; readonly key: K },
  options?: ZipReadOptions,
): Reader<string, Uint8Array>
export function zip(source: unknown, options: ZipOptions = {}): Reader<string, Uint8Array> {
  const settings = settingsOf(options)
  const place = placeOf(source, settings)
  const opened = archive(place, settings)
  const described = { name: 'zip', guarantees: guaranteesOf(source, place, settings) }
  if (!isWritable(place)) return createStore({ ...described, ...readingDriver(opened, settings, new Map()) })
  const direct = committer(place, opened, settings)
  if (settings.autoFlush) {
    const writing = writingDriver(releasing(direct), settings)
    return createStore({ ...described, ...readingDriver(opened, settings, new Map()), ...writing })
  }
  const { changes, commit, flush } = staging(direct, opened, settings.overwrite)
  const flushNow = () => flush().catch(error => Promise.reject(told(error)))
  const writing = { ...writingDriver(commit, settings), [flushOf]: flushNow, close: flushNow }
  return createStore({ ...described, ...readingDriver(opened, settings, changes), ...writing })
}

function isWritable(place: Place): place is Place & Required<Pick<Place, 'replace'>> {
  return place.replace !== undefined
}

/** Flushing is no method of a store, which would say so itself. */
function told(error: unknown): unknown {
  return isStoreError(error) ? error.with({ op: 'flush', store: 'zip' }) : error
}

/** Frees what the new entries take when they are written, or are not going to be. */
function releasing(commit: Commit): Commit {
  return async request => {
    try {
      await commit(request)
    } finally {
      for (const fresh of request.changes.values()) fresh?.body.release()
    }
  }
}

function guaranteesOf(source: unknown, place: Place, settings: Settings): Partial<Guarantees> {
  const { entryBytes } = settings.limits
  const consistency = settings.autoFlush && !(source instanceof URL && source.protocol !== 'file:')
  const shared: Partial<Guarantees> = {
    maxValueBytes: Number.isFinite(entryBytes) ? entryBytes : null,
    readConsistency: consistency ? 'strong' : 'eventual',
    listConsistency: consistency ? 'strong' : 'eventual',
  }
  if (!isWritable(place)) return shared
  const { store } = Object(source) as Partial<StoredArchive<Store<never, Uint8Array>>>
  const guarded = settings.autoFlush && (store === undefined || isGuarded(store))
  return {
    ...shared,
    durability: settings.autoFlush ? durabilityOf(store, settings) : 'none',
    batchAtomic: true,
    conditions: guarded ? ['ifAbsent', 'ifMatch', 'deleteIfMatch'] : [],
    multiProcess: guarded && (store === undefined || guarantees(store).multiProcess),
    rejects: rejectsOf(settings),
  }
}

function durabilityOf(
  store: Store<never, Uint8Array> | undefined,
  { sync }: Settings,
): Guarantees['durability'] {
  if (store !== undefined) return guarantees(store).durability
  return sync === 'full' ? 'power-loss' : 'crash'
}
