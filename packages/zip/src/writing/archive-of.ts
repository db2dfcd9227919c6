import type { Reader, Stat } from '@kvdol/core'
import { driverOf, mapBounded, readStream, StoreError } from '@kvdol/core/adapter'
import { METHOD } from '../format/constants.ts'
import {
  type EntryRecord,
  encodeCentral,
  encodeDescriptor,
  encodeEnd,
  encodeLocal,
  isLarge,
} from '../format/encode.ts'
import { inTurns } from '../format/in-turns.ts'
import { Records } from '../format/records.ts'
import { FIRST_TIME, timestampField, toDosTime } from '../format/times.ts'
import { LIMITS, type ZipOfSettings } from '../options.ts'
import { checkName } from './check-name.ts'
import { AHEAD, pack, packingSteps, packStream } from './fresh.ts'

/** An entry whose bytes are at hand, or are still to be streamed. */
interface Item {
  readonly key: string
  readonly stat: Stat | undefined
  readonly value?: Awaited<ReturnType<typeof pack>>
}

/** The bytes of an archive of everything in a store. */
export async function* archiveOf(
  store: Reader<string, Uint8Array>,
  settings: ZipOfSettings,
): AsyncGenerator<Uint8Array, void, undefined> {
  const records = new Records()
  let at = 0
  for await (const item of items(store, settings)) {
    const offset = at
    const parts =
      item.value === undefined ? streamed(store, item, settings, add) : whole(item, item.value, settings, add)
    for await (const part of parts) {
      at += part.byteLength
      yield part
    }
    function add(record: EntryRecord): void {
      records.push(encodeCentral(record, offset))
    }
  }
  yield* records.blocks()
  yield encodeEnd(records.count, at, records.length, new Uint8Array())
}

function* whole(
  { key, stat }: Item,
  { packed, bytes }: NonNullable<Item['value']>,
  settings: ZipOfSettings,
  add: (record: EntryRecord) => void,
): Generator<Uint8Array, void, undefined> {
  const record: EntryRecord = { ...described(key, stat, settings), ...packed }
  yield encodeLocal(record)
  yield bytes
  add(record)
}

/** An entry that is compressed while it is written; its numbers come after its bytes. */
async function* streamed(
  store: Reader<string, Uint8Array>,
  { key, stat }: Item,
  settings: ZipOfSettings,
  add: (record: EntryRecord) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal } = settings
  const chunks = await readStream(store, key, { signal })
  if (chunks === undefined) return
  const packed = { method: METHOD.deflated as number, crc: 0, compressed: 0, size: 0 }
  // Compressing can make it longer by a little.
  const large = stat?.size === undefined || isLarge(stat.size * 1.001 + 65_536)
  const base: EntryRecord = { ...described(key, stat, settings), ...packed, streamed: true, large }
  yield encodeLocal(base)
  yield* packStream(
    chunks as unknown as AsyncIterable<Uint8Array>,
    { level: settings.level, limits: LIMITS },
    packed,
  )
  const record = { ...base, ...packed }
  if (!large && (isLarge(packed.size) || isLarge(packed.compressed)))
    throw new StoreError('Conflict', 'the value has grown while it was packed', { key })
  yield encodeDescriptor(record)
  add(record)
}

function described(key: string, stat: Stat | undefined, { deterministic }: ZipOfSettings) {
  const date = stat?.modified ?? new Date()
  const extra = deterministic ? Buffer.alloc(0) : timestampField(date)
  const time = deterministic ? FIRST_TIME : toDosTime(date)
  return { name: Buffer.from(key), time, extra, localExtra: extra }
}

/** Values over this length are streamed. */
const STREAM_FROM = 1024 * 1024
/** The entries in order, read and compressed some ahead. */
async function* items(
  store: Reader<string, Uint8Array>,
  settings: ZipOfSettings,
): AsyncGenerator<Item, void, undefined> {
  const { signal } = settings
  const keys = await keysOf(store, settings)
  const choices = { level: settings.level, limits: LIMITS }
  const pause = inTurns()
  const canStream = driverOf(store).readStream !== undefined
  const found = mapBounded<string, Item | undefined>(keys, AHEAD, async key => {
    checkName(key, { unsafe: 'keep' })
    const stat = canStream ? await store.stat(key, { signal }) : undefined
    if (canStream && (stat?.size ?? 0) > STREAM_FROM) return { key, stat }
    const value = await store.get(key, { signal })
    if (value === undefined) return undefined
    await pause(packingSteps(value))
    return { key, stat, value: await pack(value, choices) }
  })
  for await (const item of found) if (item !== undefined) yield item
}

async function keysOf(
  store: Reader<string, Uint8Array>,
  { prefix, deterministic, signal }: ZipOfSettings,
): Promise<AsyncIterable<string> | string[]> {
  const keys = store.keys({ ...(prefix === undefined ? {} : { prefix }), signal })
  if (!deterministic) return keys
  const sorted: Buffer[] = []
  for await (const key of keys) sorted.push(Buffer.from(key))
  return sorted.sort(Buffer.compare).map(String)
}
