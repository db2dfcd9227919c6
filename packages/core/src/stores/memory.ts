import { watchers } from '../async/watchers.ts'
import { createStore } from '../create-store.ts'
import type { Child, DriverListOptions, DriverWriteOptions } from '../driver.ts'
import { StoreError } from '../error.ts'
import { asChild, childOf } from '../operations/child-of.ts'
import { mediaType, oneOf, wholeNumber } from '../options/kinds.ts'
import { type OptionsOf, settingsOf, writeSettingsOf } from '../options/settings-of.ts'
import type { ByteStore, Stat } from '../store.ts'
import { compareUtf8 } from '../view/match.ts'
import { Recent } from './recent.ts'

const OPTIONS = {
  /**
   * `'insertion'` lists keys as a `Map` does; `'utf8-bytes'` lists them sorted, which sorts all keys for each
   * listing and makes `from`, `after`, `before` and `reverse` possible.
   * @default 'insertion'
   */
  order: oneOf('insertion', 'utf8-bytes').or('insertion'),
  /**
   * Most values; beyond it those go that were read or written least recently.
   * @default Infinity
   */
  maxEntries: wholeNumber(1).or(Number.POSITIVE_INFINITY),
  /**
   * Most bytes of all values together, bounded in the same way; a larger value is refused with `TooLarge`.
   * @default Infinity
   */
  maxBytes: wholeNumber(1).or(Number.POSITIVE_INFINITY),
}

const WRITE_OPTIONS = { contentType: mediaType }

export type MemoryOptions = OptionsOf<typeof OPTIONS>

interface Entry {
  value: Uint8Array
  /** Counts creations, so that a listing knows which keys came after it began. */
  readonly born: number
  /** Counts writes, for the etag. */
  version: number
  /** Milliseconds since 1970. */
  modified: number
  contentType: string | undefined
}

/**
 * A store of bytes in memory, for tests and as a cache. Values are copied in and out, so nobody shares them.
 * With `maxEntries` or `maxBytes` it forgets, which only a cache may.
 *
 * @example
 * ```ts
 * const settings = pipe(memory(), jsonValues<Settings>())
 * ```
 */
export function memory(options?: MemoryOptions): ByteStore {
  const { order, maxEntries, maxBytes } = settingsOf('memory', OPTIONS, options)
  const entries = new Map<string, Entry>()
  const bounded = maxEntries !== Number.POSITIVE_INFINITY || maxBytes !== Number.POSITIVE_INFINITY
  const recent = bounded ? new Recent<string, undefined>(maxEntries, maxBytes) : undefined
  const watched = watchers<string>()
  let clock = 0

  return createStore({
    name: 'memory',
    listsOnce: true,
    writeOptions: Object.keys(WRITE_OPTIONS),
    guarantees: {
      order: order === 'insertion' ? 'none' : order,
      reverse: order !== 'insertion',
      batchAtomic: true,
      conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
      maxValueBytes: maxBytes === Number.POSITIVE_INFINITY ? null : maxBytes,
    },
    get(key) {
      const entry = entries.get(key)
      recent?.get(key)
      return entry === undefined ? undefined : new Uint8Array(entry.value)
    },
    has: key => entries.has(key),
    stat(key) {
      const entry = entries.get(key)
      return entry && statOf(entry)
    },
    getWithStat(key) {
      const entry = entries.get(key)
      recent?.get(key)
      return entry && { value: new Uint8Array(entry.value), stat: statOf(entry) }
    },
    size: () => entries.size,
    keys: options => (order === 'insertion' ? inserted(entries, ++clock) : sorted(entries, options)),
    async *children({ prefix = '' }) {
      yield level(entries, prefix, order !== 'insertion')
    },
    watch: watched.watch,
    set(key, value, options) {
      const entry = entries.get(key)
      assertCondition(entry, options)
      write(key, value, entry, contentTypeOf(options))
    },
    setMany(batch) {
      for (const [key, value] of batch) write(key, value, entries.get(key))
    },
    batch(changes) {
      for (const change of changes)
        if ('set' in change) write(change.set, change.value, entries.get(change.set))
        else remove(change.delete)
    },
    delete(key, options) {
      assertCondition(entries.get(key), options)
      remove(key)
    },
    remove,
    rename(from, to, options) {
      const entry = entries.get(from)
      if (entry === undefined) return false
      assertCondition(entries.get(to), options)
      if (from === to) return true
      remove(from)
      write(to, entry.value, entries.get(to), entry.contentType)
      return true
    },
  })

  function write(key: string, value: Uint8Array, entry: Entry | undefined, contentType?: string): void {
    clock++
    const modified = Date.now()
    if (entry === undefined) {
      entries.set(key, { value, born: clock, version: clock, modified, contentType })
    } else {
      entry.value = value
      entry.version = clock
      entry.modified = modified
      entry.contentType = contentType
    }
    watched.tell(key)
    for (const [gone] of recent?.set(key, undefined, value.byteLength) ?? []) {
      entries.delete(gone)
      watched.tell(gone)
    }
  }

  function remove(key: string): boolean {
    recent?.delete(key)
    watched.tell(key)
    return entries.delete(key)
  }
}

function statOf({ value, version, modified, contentType }: Entry): Stat {
  const stat = { size: value.byteLength, etag: String(version), modified: new Date(modified) }
  return contentType === undefined ? stat : { ...stat, contentType }
}

function contentTypeOf(options: DriverWriteOptions): string | undefined {
  return options.contentType === undefined ? undefined : writeSettingsOf(WRITE_OPTIONS, options).contentType
}

/** One level of all keys, in their order where that is wanted. */
function level(entries: ReadonlyMap<string, Entry>, prefix: string, inOrder: boolean): Child[] {
  const texts = new Set<string>()
  for (const key of entries.keys()) if (key.startsWith(prefix)) texts.add(childOf(key, prefix))
  const listed = inOrder ? [...texts].sort(compareUtf8) : [...texts]
  return listed.map(text => asChild(text, prefix))
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
  { prefix = '', after, from, before, reverse }: DriverListOptions<string>,
): Generator<string> {
  const wanted = [...entries.keys()].filter(
    key =>
      key.startsWith(prefix) &&
      (after === undefined || compareUtf8(key, after) > 0) &&
      (from === undefined || compareUtf8(key, from) >= 0) &&
      (before === undefined || compareUtf8(key, before) < 0),
  )
  wanted.sort(reverse ? (a, b) => compareUtf8(b, a) : compareUtf8)
  for (const key of wanted) if (entries.has(key)) yield key
}

function assertCondition(entry: Entry | undefined, { ifAbsent, ifMatch }: DriverWriteOptions): void {
  if (ifAbsent === true && entry !== undefined) throw new StoreError('Conflict', 'there is a value already')
  if (ifMatch !== undefined && String(entry?.version) !== ifMatch)
    throw new StoreError('Conflict', entry ? 'the value has changed since' : 'there is no value any more')
}
