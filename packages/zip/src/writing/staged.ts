import type { MaybePromise, Range } from '@kvdol/core'
import { collectBytes, resolveRange } from '@kvdol/core/adapter'
import { type EntryInfo, infoOf, methodName } from '../entry-info.ts'
import type { Archive } from '../reading/archive.ts'
import type { Reading } from '../reading/reading-driver.ts'
import { unpackStream } from '../reading/unpack.ts'
import type { Fresh } from './fresh.ts'

/** Changes that are not in the archive yet: by key, `undefined` for one that is removed. */
export type Changes = ReadonlyMap<string, Fresh | undefined>

/** Reads from an archive as it is going to be: `stored` answers for the keys that the changes are not about. */
export function stagedDriver(archive: Archive, stored: Reading, changes: Changes): Reading {
  return {
    get: either(stored.get, wholeOf, undefined),
    has: either(stored.has, () => true, false),
    stat: either(
      stored.stat,
      ({ record, modified, etag }) => ({ size: record.size, modified, etag }),
      undefined,
    ),
    readStream: either(stored.readStream, chunksOf, undefined),
    [infoOf]: either(stored[infoOf], infoFrom, undefined),
    async getMany(keys, options) {
      const found = await stored.getMany(keys, options)
      return await Promise.all(
        keys.map((key, index) =>
          either<[], (typeof found)[number]>(() => found[index], wholeOf, undefined)(key),
        ),
      )
    },
    size: () =>
      archive.reading(({ keys }) => {
        let { size } = keys
        for (const [key, fresh] of changes) size += Number(fresh !== undefined) - Number(keys.has(key))
        return size
      }),
    async *keyPages(options) {
      const { prefix = '' } = options
      // What is flushed meanwhile may be listed by the archive, and is new only if it is not.
      const left = new Map(changes)
      for await (const page of stored.keyPages(options)) {
        yield page.filter(key => !left.has(key) || left.get(key) !== undefined)
        for (const key of page) left.delete(key)
      }
      yield [...left].flatMap(([key, fresh]) => (fresh !== undefined && key.startsWith(prefix) ? [key] : []))
    },
  }

  /** A method that asks the new entry of a key, or the archive; `absent` is its answer for a key that was removed. */
  function either<A extends unknown[], R>(
    otherwise: (key: string, ...rest: A) => MaybePromise<R>,
    ask: (fresh: Fresh, ...rest: A) => MaybePromise<R>,
    absent: R,
  ): (key: string, ...rest: A) => MaybePromise<R> {
    return (key, ...rest) => {
      if (!changes.has(key)) return otherwise(key, ...rest)
      const fresh = changes.get(key)
      return fresh === undefined ? absent : ask(fresh, ...rest)
    }
  }
}

function infoFrom({ record, modified }: Fresh): EntryInfo {
  const { size, compressed, crc, method } = record
  return { size, compressed, crc, modified, method: methodName(method), comment: '', encrypted: false }
}

function chunksOf(fresh: Fresh, range: Range | undefined): AsyncIterable<Uint8Array> {
  const part = resolveRange(range, fresh.record.size)
  return unpackStream(fresh.body.chunks(), fresh.record, part)
}

function wholeOf(fresh: Fresh): Promise<Uint8Array> {
  return collectBytes(chunksOf(fresh, undefined))
}
