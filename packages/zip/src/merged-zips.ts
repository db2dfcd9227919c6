import type { MaybePromise, Reader } from '@kvdol/core'
import { createStore, readStream } from '@kvdol/core/adapter'
import { type ZipReadOptions, zipReadSettings } from './options.ts'
import type { ZipSource } from './places/source.ts'
import { readerOf } from './zip.ts'

type Archive = Reader<string, Uint8Array>

/**
 * Several archives, or other stores of bytes, as one: where more than one has a key, **the last one counts**. Keys come
 * in the order of the archives, each once; a listing remembers them.
 *
 * @example
 * ```ts
 * const game = mergedZips(['base.zip', 'patch-1.zip', 'patch-2.zip'])
 * ```
 */
export function mergedZips(
  sources: Iterable<ZipSource | Archive>,
  options: ZipReadOptions = {},
): Reader<string, Uint8Array> {
  zipReadSettings(options, 'mergedZips')
  const all = [...sources]
  const readers = all.map(source => readerOf(source, options))
  const lastFirst = readers.toReversed()

  return createStore({
    name: 'merged zips',
    get: (key, read) => firstOf(lastFirst, reader => reader.get(key, read)),
    stat: (key, read) => firstOf(lastFirst, reader => reader.stat(key, read)),
    readStream: (key, range, read) =>
      firstOf(lastFirst, reader => readStream(reader, key, { ...range, ...read })) as MaybePromise<
        AsyncIterable<Uint8Array> | undefined
      >,
    has: async (key, read) =>
      (await firstOf(lastFirst, async reader => (await reader.has(key, read)) || undefined)) ?? false,
    async *keys({ prefix, signal }) {
      const seen = new Set<string>()
      for (const reader of readers) {
        for await (const key of reader.keys({ ...(prefix === undefined ? {} : { prefix }), signal })) {
          if (seen.has(key)) continue
          seen.add(key)
          yield key
        }
      }
    },
    async close() {
      await Promise.all(readers.filter(reader => !all.includes(reader)).map(reader => reader.close()))
    },
  })
}

/** What the first archive gives that has something to give. */
async function firstOf<T>(
  readers: readonly Archive[],
  ask: (reader: Archive) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const reader of readers) {
    const found = await ask(reader)
    if (found !== undefined) return found
  }
  return undefined
}
