import { createHash, type Hash } from 'node:crypto'
import { pipeline } from 'node:stream'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { inBlocks } from '@kvdol/core/adapter'
import { EXTRA, METHOD } from '../format/constants.ts'
import type { EntryRecord } from '../format/encode.ts'
import { etagFor } from '../format/entry.ts'
import { encodeField } from '../format/extra-fields.ts'
import { FIRST_TIME, fromDosTime, timestampField, toDosTime } from '../format/times.ts'
import type { Settings } from '../options.ts'
import { isBomb } from '../reading/read-entry.ts'
import { type Body, bodyOf, spool } from './body.ts'

/** An entry that is not in the archive yet. */
export interface Fresh {
  readonly key: string
  readonly record: EntryRecord
  readonly body: Body
  readonly etag: string
  readonly modified: Date
}

type Choices = Pick<Settings, 'level' | 'deterministic' | 'limits'>

/** What the records tell of compressed bytes. */
type Packed = Pick<EntryRecord, 'method' | 'crc' | 'compressed' | 'size'>

/** How many values are compressed at the same time. */
export const AHEAD = 16

/** How many steps of a loop in turns it is worth to compress a value. */
export function packingSteps({ byteLength }: Uint8Array): number {
  return 8 + Math.min(byteLength, AT_ONCE) / 128
}

/** Shorter values are not worth trying to compress. */
const LEAST = 16

/** A value as it is in an archive: compressed, if that makes it shorter. */
export async function pack(
  value: Uint8Array,
  { level, limits }: Pick<Choices, 'level' | 'limits'>,
): Promise<{ packed: Packed; bytes: Uint8Array }> {
  const size = value.byteLength
  const deflated = level === 0 || size < LEAST ? value : await deflate(value, level)
  // What would be taken for an attack on reading is not compressed.
  const worth = deflated.byteLength < size && !isBomb(limits.ratio, size, deflated.byteLength)
  const bytes = worth ? deflated : value
  const method = worth ? METHOD.deflated : METHOD.stored
  return { packed: { method, crc: zlib.crc32(value), compressed: bytes.byteLength, size }, bytes }
}

/** The entry of a value. */
export async function freshEntry(key: string, value: Uint8Array, settings: Choices): Promise<Fresh> {
  const { packed, bytes } = await pack(value, settings)
  const hash = createHash('sha256').update(value).digest()
  return entryOf(key, packed, hash, bodyOf(bytes), settings)
}

/** The same for a value in chunks, with flat memory. */
export async function freshFromStream(
  key: string,
  chunks: AsyncIterable<Uint8Array>,
  settings: Choices,
): Promise<Fresh> {
  const hash = createHash('sha256')
  const packed = { method: METHOD.deflated as number, crc: 0, compressed: 0, size: 0 }
  const body = await spool(packStream(chunks, settings, packed, hash))
  return entryOf(key, packed, hash.digest(), body, settings)
}

/** Bytes compressed in one go; between two of them the level can change. */
const STEP = 256 * 1024
/** From so many bytes on, what would be taken for an attack on reading is compressed no more. */
const WATCHED_FROM = 8 * 1024 * 1024

/** The compressed chunks of a value; counts into `packed` what the records tell of it. */
export async function* packStream(
  chunks: AsyncIterable<Uint8Array>,
  { level, limits }: Pick<Choices, 'level' | 'limits'>,
  packed: { -readonly [Name in keyof Packed]: Packed[Name] },
  hash?: Hash,
): AsyncGenerator<Uint8Array, void, undefined> {
  const deflating = zlib.createDeflateRaw({ level, chunkSize: 64 * 1024 })
  let now = level
  // Counted where it comes out, not where somebody takes it: the same bytes make the same decisions.
  const push = deflating.push.bind(deflating)
  deflating.push = (chunk: Uint8Array | null) => {
    packed.compressed += chunk?.byteLength ?? 0
    return push(chunk)
  }
  // A failure of the source destroys the stream with it, and so reaches the loop.
  yield* pipeline(counted(), deflating, () => {}) as AsyncIterable<Uint8Array>

  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const block of inBlocks(chunks, STEP)) {
      hash?.update(block)
      packed.crc = zlib.crc32(block, packed.crc)
      packed.size += block.byteLength
      const bomb = packed.size > WATCHED_FROM && packed.size > (packed.compressed * limits.ratio) / 4
      if ((bomb ? 0 : level) !== now) await setLevel(bomb ? 0 : level)
      yield block
    }
  }

  async function setLevel(wanted: number): Promise<void> {
    now = wanted
    await new Promise<void>(resolve => deflating.params(wanted, zlib.constants.Z_DEFAULT_STRATEGY, resolve))
  }
}

function entryOf(key: string, packed: Packed, digest: Buffer, body: Body, { deterministic }: Choices): Fresh {
  const modified = deterministic ? fromDosTime(FIRST_TIME) : new Date()
  const hash = digest.subarray(0, 16)
  const localExtra = deterministic ? Buffer.alloc(0) : timestampField(modified)
  const record: EntryRecord = {
    ...packed,
    name: Buffer.from(key),
    time: toDosTime(modified),
    localExtra,
    extra: Buffer.concat([localExtra, encodeField(EXTRA.hash, hash)]),
  }
  return { key, record, body, etag: etagFor(hash, packed.crc), modified }
}

/** Up to so many bytes are compressed at once: handing them to another thread takes longer. */
const AT_ONCE = 32 * 1024

type DeflateLater = (bytes: Uint8Array, options: zlib.ZlibOptions) => Promise<Buffer>

const deflateLater: DeflateLater = (bytes, options) =>
  (promisify(zlib.deflateRaw) as DeflateLater)(bytes, options)

/** Compressed bytes. */
async function deflate(bytes: Uint8Array, level: number): Promise<Buffer> {
  const options = optionsFor(bytes.byteLength, level)
  return bytes.byteLength <= AT_ONCE
    ? compact(zlib.deflateRawSync(bytes, options))
    : await deflateLater(bytes, options)
}

/** A short value needs no large window and buffer, and preparing those costs more than to compress it. */
function optionsFor(length: number, level: number): zlib.ZlibOptions {
  const windowBits = Math.min(Math.max(Math.ceil(Math.log2(length + 1)), 9), 15)
  const memLevel = Math.min(Math.max(windowBits - 6, 4), 8)
  return { level, windowBits, memLevel, chunkSize: Math.min(Math.max(length, 64), 64 * 1024) }
}

/** Without the rest of the buffer that it was written into, where that is more than the bytes themselves. */
function compact(bytes: Buffer): Buffer {
  return bytes.byteLength * 2 < bytes.buffer.byteLength ? Buffer.from(bytes) : bytes
}
