import { type DriverWriteOptions, StoreError, type WritableDriver } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import { compareUtf8Bytes } from '../order.ts'

/** A stored value. */
export interface Entry {
  readonly value: Uint8Array
  /** Counts writes, for the etag. */
  readonly version: number
  /** The medium has lost a part of it. */
  readonly damaged?: boolean
}

/** What the drivers of one subject share: the data, and a switch that makes everything fail. */
export interface Place {
  readonly entries: Map<string, Entry>
  /** What lies around the store and is none of its business. */
  readonly outside: Map<string, Uint8Array>
  /** Things in the place that are no entries. */
  readonly foreign: Set<string>
  /** Keys that the backend refuses to write. */
  readonly refused: Set<string>
  /** How much longer the backend takes, in milliseconds. */
  slow: number
  /** Keys that somebody locked who has ended since. */
  readonly locked: Set<string>
  down: boolean
  clock: number
  requests: number
  /** What is open, as handles that could leak, on all places of a subject together. */
  readonly handles: { open: number }
}

/** A driver with every method, so that each of them can lie. */
export type HonestDriver = WritableDriver<string, Uint8Array> &
  Required<
    Pick<
      WritableDriver<string, Uint8Array>,
      'keys' | 'has' | 'stat' | 'size' | 'setMany' | 'readStream' | 'writeStream'
    >
  >

/** An empty place. */
export function emptyPlace(handles = { open: 0 }): Place {
  return {
    entries: new Map(),
    outside: new Map(),
    foreign: new Set(),
    refused: new Set(),
    slow: 0,
    locked: new Set(),
    down: false,
    clock: 0,
    requests: 0,
    handles,
  }
}

/** A small driver in memory that keeps the whole contract: what saboteurs are made of. */
export function honest(place: Place): HonestDriver {
  const { entries } = place
  return {
    name: 'honest',
    guarantees: {
      order: 'utf8-bytes',
      batchAtomic: true,
      conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
    },
    get(key) {
      assertUp(place)
      return slowed(place, () => whole(entries.get(key))?.slice())
    },
    has(key) {
      assertUp(place)
      return entries.has(key)
    },
    stat(key) {
      assertUp(place)
      const entry = entries.get(key)
      return entry && { size: entry.value.byteLength, etag: `v${entry.version}` }
    },
    size() {
      assertUp(place)
      return entries.size
    },
    keys: ({ prefix = '', after }) =>
      listed(
        place,
        key => key.startsWith(prefix) && (after === undefined || compareUtf8Bytes(key, after) > 0),
      ),
    set(key, value, options) {
      assertUp(place)
      assertCondition(entries.get(key), options)
      assertTaken(place, key)
      return slowed(place, () => store(place, key, value))
    },
    setMany(batch) {
      assertUp(place)
      for (const [key] of batch) assertTaken(place, key)
      for (const [key, value] of batch) store(place, key, value)
    },
    delete(key, options) {
      assertUp(place)
      assertCondition(entries.get(key), options)
      entries.delete(key)
    },
    readStream(key, range) {
      assertUp(place)
      const value = whole(entries.get(key))
      if (value === undefined) return undefined
      const { start, end } = resolveRange(range, value.byteLength)
      return inChunks(value.slice(start, end))
    },
    async writeStream(key, chunks, options) {
      const parts: number[] = []
      for await (const chunk of chunks) for (const byte of chunk) parts.push(byte)
      assertUp(place)
      if (options.signal?.aborted) throw new StoreError('Aborted', 'the call was aborted')
      assertCondition(entries.get(key), options)
      assertTaken(place, key)
      store(place, key, Uint8Array.from(parts))
    },
  }
}

function whole(entry: Entry | undefined): Uint8Array | undefined {
  if (entry?.damaged) throw new StoreError('Corrupt', 'a part of the value is missing')
  return entry?.value
}

/** Stores a value under a new version. */
export function store(place: Place, key: string, value: Uint8Array): void {
  place.entries.set(key, { value, version: ++place.clock })
}

/** Fails as the backend does while it is down. */
export function assertUp(place: Place): void {
  place.requests++
  if (place.down) throw new StoreError('Unavailable', 'the backend is down')
}

/** Refuses a key that the backend refuses, or under which something else lies. */
export function assertTaken({ refused, foreign }: Place, key: string): void {
  if (refused.has(key)) throw new StoreError('PermissionDenied', 'the backend refuses this key')
  if (foreign.has(key)) throw new StoreError('Incompatible', 'something else lies under this key')
}

/** What the work gives, at once unless the backend is slow. */
function slowed<T>({ slow }: Place, work: () => T): T | Promise<T> {
  return slow === 0 ? work() : new Promise(resolve => setTimeout(resolve, slow)).then(work)
}

/** Rejects a conditional write whose condition does not hold. */
export function assertCondition(entry: Entry | undefined, { ifAbsent, ifMatch }: DriverWriteOptions): void {
  if (ifAbsent === true && entry !== undefined) throw new StoreError('Conflict', 'there is a value already')
  if (ifMatch !== undefined && `v${entry?.version}` !== ifMatch)
    throw new StoreError('Conflict', 'the value has changed')
}

const PAGE = 100

/** The keys in order, in pages as a remote backend gives them. */
export async function* listed(
  place: Place,
  wanted: (key: string) => boolean,
  live: { keys(): Iterable<string>; has(key: string): boolean } = place.entries,
): AsyncGenerator<string, void, undefined> {
  place.handles.open++
  try {
    if (place.slow > 0) await slowed(place, () => {})
    const keys = [...live.keys()].filter(wanted).sort(compareUtf8Bytes)
    for (let start = 0; start === 0 || start < keys.length; start += PAGE) {
      assertUp(place)
      for (const key of keys.slice(start, start + PAGE)) if (live.has(key)) yield key
    }
  } finally {
    place.handles.open--
  }
}

async function* inChunks(value: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const length = 16 * 1024
  for (let start = 0; start < value.byteLength; start += length) yield value.subarray(start, start + length)
}
