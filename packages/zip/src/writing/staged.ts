import type { Range } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import { methodName } from '../entry-info.ts'
import type { Overlay } from '../reading/overlay.ts'
import { unpackStream } from '../reading/unpack-stream.ts'
import type { Fresh } from './fresh.ts'

/** Changes by key, `undefined` for a key that was removed, as readers see them. */
export function stagedOverlay(changes: ReadonlyMap<string, Fresh | undefined>): Overlay {
  return {
    get size() {
      return changes.size
    },
    has: key => changes.has(key),
    isThere: key => changes.get(key) !== undefined,
    value: async key => {
      const fresh = changes.get(key)
      return fresh && (await wholeOf(fresh))
    },
    stat(key) {
      const fresh = changes.get(key)
      return fresh && { size: fresh.record.size, modified: fresh.modified, etag: fresh.etag }
    },
    info(key) {
      const fresh = changes.get(key)
      if (fresh === undefined) return undefined
      const { size, compressed, crc, method } = fresh.record
      const { modified } = fresh
      return { size, compressed, crc, modified, method: methodName(method), comment: '', encrypted: false }
    },
    stream(key, range) {
      const fresh = changes.get(key)
      return fresh && chunksOf(fresh, range)
    },
    *live(keys) {
      for (const key of keys.keys()) if (!changes.has(key) || changes.get(key) !== undefined) yield key
      for (const [key, fresh] of changes) if (fresh !== undefined && !keys.has(key)) yield key
    },
  }
}

function chunksOf(fresh: Fresh, range: Range | undefined): AsyncIterable<Uint8Array> {
  const part = resolveRange(range, fresh.record.size)
  const chunks = fresh.body.chunks() as AsyncIterable<Uint8Array>
  return part.start === part.end ? none() : unpackStream(chunks, fresh.record, part)
}

async function* none(): AsyncGenerator<Uint8Array, void, undefined> {}

async function wholeOf(fresh: Fresh): Promise<Uint8Array> {
  const value = new Uint8Array(fresh.record.size)
  let at = 0
  for await (const chunk of chunksOf(fresh, undefined)) {
    value.set(chunk, at)
    at += chunk.byteLength
  }
  return value
}
