import { createStore } from '../create-store.ts'
import type { DriverListOptions, DriverWriteOptions } from '../driver.ts'
import { StoreError } from '../error.ts'
import { oneOf } from '../options/kinds.ts'
import { type OptionsOf, settingsOf } from '../options/settings-of.ts'
import type { Store } from '../store.ts'
import { compareUtf8 } from '../view/match.ts'

const OPTIONS = {
  /**
   * `'insertion'` lists keys as a `Map` does; `'utf8-bytes'` lists them sorted, which sorts all keys for each
   * listing and makes `after` possible.
   * @default 'insertion'
   */
  order: oneOf('insertion', 'utf8-bytes').or('insertion'),
}

export type MemoryOptions = OptionsOf<typeof OPTIONS>

interface Entry {
  value: Uint8Array
  /** Counts creations, so that a listing knows which keys came after it began. */
  readonly born: number
  /** Counts writes, for the etag. */
  version: number
}

/**
 * A store of bytes in memory, for tests and as a cache. Values are copied in and out, so nobody shares them.
 *
 * @example
 * ```ts
 * const settings = pipe(memory(), jsonValues<Settings>())
 * ```
 */
export function memory(options?: MemoryOptions): Store<string, Uint8Array> {
  const { order } = settingsOf('memory', OPTIONS, options)
  const entries = new Map<string, Entry>()
  let clock = 0

  return createStore({
    name: 'memory',
    listsOnce: true,
    guarantees: {
      order: order === 'insertion' ? 'none' : order,
      batchAtomic: true,
      conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
    },
    get(key) {
      const entry = entries.get(key)
      return entry === undefined ? undefined : new Uint8Array(entry.value)
    },
    has: key => entries.has(key),
    stat(key) {
      const entry = entries.get(key)
      return entry && { size: entry.value.byteLength, etag: String(entry.version) }
    },
    size: () => entries.size,
    keys: options => (order === 'insertion' ? inserted(entries, ++clock) : sorted(entries, options)),
    set(key, value, options) {
      const entry = entries.get(key)
      assertCondition(entry, options)
      write(key, value, entry)
    },
    setMany(batch) {
      for (const [key, value] of batch) write(key, value, entries.get(key))
    },
    delete(key, options) {
      assertCondition(entries.get(key), options)
      entries.delete(key)
    },
    rename(from, to, options) {
      const entry = entries.get(from)
      if (entry === undefined) return false
      assertCondition(entries.get(to), options)
      if (from === to) return true
      entries.delete(from)
      write(to, entry.value, entries.get(to))
      return true
    },
  })

  function write(key: string, value: Uint8Array, entry: Entry | undefined): void {
    clock++
    if (entry === undefined) {
      entries.set(key, { value, born: clock, version: clock })
    } else {
      entry.value = value
      entry.version = clock
    }
  }
}

/** Walks the live map, which is in order of birth, up to the keys born after the walk began. */
function* inserted(entries: ReadonlyMap<string, Entry>, now: number): Generator<string> {
  for (const [key, { born }] of entries) {
    if (born > now) return
    yield key
  }
}

function* sorted(
  entries: ReadonlyMap<string, Entry>,
  { prefix = '', after }: DriverListOptions<string>,
): Generator<string> {
  const wanted = [...entries.keys()].filter(
    key => key.startsWith(prefix) && (after === undefined || compareUtf8(key, after) > 0),
  )
  for (const key of wanted.sort(compareUtf8)) if (entries.has(key)) yield key
}

function assertCondition(entry: Entry | undefined, { ifAbsent, ifMatch }: DriverWriteOptions): void {
  if (ifAbsent === true && entry !== undefined) throw new StoreError('Conflict', 'there is a value already')
  if (ifMatch !== undefined && String(entry?.version) !== ifMatch)
    throw new StoreError('Conflict', entry ? 'the value has changed since' : 'there is no value any more')
}
