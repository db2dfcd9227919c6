import { once } from 'node:events'
import { memory, type Reader, readStream, writeStream } from '@kvdol/core'
import { files } from '@kvdol/fs'
import fc from 'fast-check'
import { unzipSync, zipSync } from 'fflate'
import JSZip from 'jszip'
import { describe, expect, it } from 'vitest'
import { fromBuffer } from 'yauzl'
import { unzipTo, zip, zipOf } from '../src/index.ts'
import { collect, joined, temporaryFolder } from './support/helpers.ts'

/** Names that all of the libraries take as they are. */
const name = fc
  .array(fc.constantFrom('a', 'B', 'ü', '日', ' ', '-', '0'), { minLength: 1, maxLength: 6 })
  .map(parts => parts.join(''))
const contents = fc.dictionary(
  fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/')),
  fc.uint8Array({ maxLength: 300 }),
  { maxKeys: 8 },
)

type Contents = ReadonlyMap<string, Uint8Array>

/** For comparing: arrays of a million numbers take long. */
function printed(contents: Contents): [string, string][] {
  return Array.from(contents, ([key, value]): [string, string] => [
    key,
    Buffer.from(value).toString('base64'),
  ]).sort()
}

async function contentsOf(store: Reader<string, Uint8Array>): Promise<Contents> {
  return new Map(await collect(store))
}

/** What each library finds in an archive. */
const readers: Record<string, (archive: Uint8Array) => Promise<Contents>> = {
  fflate: async archive =>
    new Map(Object.entries(unzipSync(archive)).map(([key, value]) => [key, new Uint8Array(value)])),
  async jszip(archive) {
    const { files: found } = await JSZip.loadAsync(archive, { checkCRC32: true })
    const entries = Object.values(found).filter(({ dir }) => !dir)
    return new Map(
      await Promise.all(entries.map(async each => [each.name, await each.async('uint8array')] as const)),
    )
  },
  async yauzl(archive) {
    const found = new Map<string, Uint8Array>()
    const opened = await new Promise<import('yauzl').ZipFile>((resolve, reject) =>
      fromBuffer(Buffer.from(archive), { lazyEntries: true, strictFileNames: true }, (error, file) =>
        error ? reject(error) : resolve(file),
      ),
    )
    opened.on('entry', entry =>
      opened.openReadStream(entry, async (error, stream) => {
        if (error) opened.emit('error', error)
        else found.set(entry.fileName, await joined(stream as AsyncIterable<Uint8Array>))
        opened.readEntry()
      }),
    )
    opened.readEntry()
    await once(opened, 'end')
    return found
  },
}

describe.each(Object.entries(readers))('%s reads', (_, read) => {
  it('what zipOf packs', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.boolean(), async (entries, deterministic) => {
        const store = memory()
        await store.setMany(Object.entries(entries))
        const archive = await joined(zipOf(store, { deterministic }) as never)
        expect(printed(await read(archive))).toEqual(printed(await contentsOf(store)))
      }),
      { numRuns: 30, seed: 1 },
    )
  })
  it('what zip writes, replaces and deletes', async () => {
    await fc.assert(
      fc.asyncProperty(contents, contents, async (first, second) => {
        const place = memory()
        const store = zip({ store: place, key: 'z' })
        await store.setMany(Object.entries(first))
        await store.deleteMany(Object.keys(second))
        await store.setMany(Object.entries(second))
        const archive = await place.get('z')
        if (archive !== undefined)
          expect(printed(await read(archive))).toEqual(printed(await contentsOf(store)))
      }),
      { numRuns: 30, seed: 1 },
    )
  })
  it('long values that were streamed', async () => {
    const folder = files(temporaryFolder())
    await folder.set('long', Buffer.alloc(2_000_000, 'some text, over and over; '))
    await folder.set('short', new Uint8Array(10))
    const packed = await joined(zipOf(folder) as never)
    expect(printed(await read(packed))).toEqual(printed(await contentsOf(folder)))
    await writeStream(folder, 'a.zip', [packed])
    const archive = zip({ store: folder, key: 'a.zip' })
    await writeStream(archive, 'longer', (await readStream(archive, 'long')) as ReadableStream<Uint8Array>)
    expect(printed(await read((await folder.get('a.zip')) as Uint8Array))).toEqual(
      printed(await contentsOf(archive)),
    )
  })
})

describe('zip reads', () => {
  it('what fflate and jszip pack', async () => {
    await fc.assert(
      fc.asyncProperty(contents, async entries => {
        expect(await contentsOf(zip(zipSync(entries)))).toEqual(new Map(Object.entries(entries)))
        const other = new JSZip()
        for (const [key, value] of Object.entries(entries)) other.file(key, value, { createFolders: false })
        for (const compression of ['STORE', 'DEFLATE'] as const) {
          const archive = await other.generateAsync({
            type: 'uint8array',
            compression,
            streamFiles: compression === 'DEFLATE',
          })
          expect(await contentsOf(zip(archive))).toEqual(new Map(Object.entries(entries)))
        }
      }),
      { numRuns: 30, seed: 1 },
    )
  })
})

describe('zipOf', () => {
  it('packs any key that is a name, and comes back the same', async () => {
    const store = memory()
    for (const key of ['../x', '__proto__', 'a\\b', 'nul\0l', '/abs', 'a', 'a/b', '日本'])
      await store.set(key, Buffer.from(key))
    const packed = await joined(zipOf(store) as never)
    const back = memory()
    expect(await unzipTo(packed, back, { unsafe: 'keep' })).toEqual({ copied: 8, skipped: 0 })
    expect(await contentsOf(back)).toEqual(await contentsOf(store))
  })
  it('takes a prefix, and fails for what is no name', async () => {
    const store = memory()
    await store.setMany([
      ['a/x', new Uint8Array(1)],
      ['b/y', new Uint8Array(2)],
    ])
    expect(await collect(zip(await joined(zipOf(store, { prefix: 'b/' }) as never)).keys())).toEqual(['b/y'])
    await store.set('folder/', new Uint8Array(1))
    await expect(joined(zipOf(store) as never)).rejects.toMatchObject({
      code: 'InvalidKey',
      reason: 'trailing-slash',
    })
    expect(() => zipOf(store, { levle: 1 } as object)).toThrow(TypeError)
  })
  it('of nothing is an archive of nothing', async () => {
    expect(await zip(await joined(zipOf(memory()) as never)).size()).toBe(0)
  })
  it('can be left early, and reads no further', async () => {
    const folder = files(temporaryFolder())
    for (let index = 0; index < 200; index++)
      await folder.set(
        `${index}`,
        new Uint8Array(10_000).map(() => Math.random() * 256),
      )
    const reader = zipOf(folder).getReader()
    expect((await reader.read()).value?.byteLength).toBeGreaterThan(0)
    await reader.cancel()
  })
})
