import { type Range, resolveRange, type Stat } from '@kvdol/core'
import { type EntryInfo, methodName } from '../entry-info.ts'
import type { Fresh } from '../writing/fresh.ts'
import { unpackStream } from './unpack-stream.ts'

/** Changes that a store has made and not yet written, by key; `undefined` for a key that was removed. */
export type Staged = ReadonlyMap<string, Fresh | undefined>

/** The keys of an archive after the changes. */
export function* live(
  keys: ReadonlyMap<string, unknown>,
  staged: Staged,
): Generator<string, void, undefined> {
  for (const key of keys.keys()) if (!staged.has(key) || staged.get(key) !== undefined) yield key
  for (const [key, fresh] of staged) if (fresh !== undefined && !keys.has(key)) yield key
}

export function stagedStat(fresh: Fresh | undefined): Stat | undefined {
  return fresh && { size: fresh.record.size, modified: fresh.modified, etag: fresh.etag }
}

export function stagedInfo(fresh: Fresh | undefined): EntryInfo | undefined {
  if (fresh === undefined) return undefined
  const { record, modified } = fresh
  const { size, compressed, crc } = record
  return { size, compressed, crc, modified, method: methodName(record.method), comment: '', encrypted: false }
}

export function stagedStream(
  fresh: Fresh | undefined,
  range: Range | undefined,
): AsyncIterable<Uint8Array> | undefined {
  if (fresh === undefined) return undefined
  const part = resolveRange(range, fresh.record.size)
  const chunks = fresh.body.chunks()
  return part.start === part.end
    ? none()
    : unpackStream(chunks as AsyncIterable<Uint8Array>, fresh.record, part)
}

async function* none(): AsyncGenerator<Uint8Array, void, undefined> {}

export async function stagedValue(fresh: Fresh | undefined): Promise<Uint8Array | undefined> {
  const chunks = stagedStream(fresh, undefined)
  if (fresh === undefined || chunks === undefined) return undefined
  const value = new Uint8Array(fresh.record.size)
  let at = 0
  for await (const chunk of chunks) {
    value.set(chunk, at)
    at += chunk.byteLength
  }
  return value
}
