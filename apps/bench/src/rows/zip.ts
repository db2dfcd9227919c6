import { randomFillSync } from 'node:crypto'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createStore, memory, type Reader } from '@kvdol/core'
import { zip, zipOf } from '@kvdol/zip'
import { type Entry, ours, peer, raw } from '../entry.ts'
import { openOriginal } from '../peers/original.ts'
import {
  jszipOver,
  listWithYauzl,
  listWithZipJs,
  openWithYauzlToRead,
  packWithFflate,
  packWithJszip,
  packWithZipJs,
  readWithFflate,
} from '../peers/zip-libraries.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const PACK_BUDGET = 1.3
/** At least fifty times faster. */
const ENTRY_BUDGET = 1 / 50
const MEBIBYTE = 1024 ** 2
const SMALL = 100

/** Archives, beside other libraries: there are no raw calls for them. */
export const zipRows: readonly Row[] = [
  { ...timedRow('zip, one entry of an archive of 1 GB', ENTRY_BUDGET, oneEntry), large: true },
  { ...timedRow('zip, list 100,000 entries', undefined, listing), large: true },
  timedRow('zip, pack 10,000 values of 1 KB', PACK_BUDGET, packing),
  timedRow('zip, 100 times one small entry of an archive that is opened for it', 1, small('opened')),
  timedRow('zip, 100 small entries of an open archive', 1, small('read')),
]

async function oneEntry(scratch: Scratch): Promise<Entry[]> {
  const file = join(scratch.folder('large'), 'large.zip')
  // The same mebibyte again and again is not held as often, and stored it is not compressed.
  const mebibyte = randomFillSync(new Uint8Array(MEBIBYTE))
  await pack(file, repeated(1000, mebibyte), 0)
  return [
    raw('jszip, the whole archive in memory', () => async () => {
      const archive = await jszipOver(readFileSync(file))
      return await archive.file('folder/500')?.async('uint8array')
    }),
    ours('zip', () => () => zip(file).get('folder/500')),
  ]
}

async function listing(scratch: Scratch): Promise<Entry[]> {
  const file = join(scratch.folder('many'), 'many.zip')
  await pack(file, repeated(100_000, new Uint8Array(1)), 0)
  return [
    raw('yauzl', () => () => listWithYauzl(file)),
    ours('zip', () => async () => {
      let found = 0
      for await (const _ of zip(file).keys()) found++
      return found
    }),
    peer('zip.js', '', () => () => listWithZipJs(readFileSync(file))),
    peer('jszip', '', () => async () => Object.keys((await jszipOver(readFileSync(file))).files).length),
  ]
}

/** Beside Python's own module, in a process of its own, and other libraries. */
function small(work: 'opened' | 'read'): (scratch: Scratch) => Promise<Entry[]> {
  return async scratch => {
    const file = join(scratch.folder(`small ${work}`), 'small.zip')
    await pack(file, repeated(SMALL, text(1)), 6)
    const keys = Array.from({ length: SMALL }, (_, index) => `folder/${index}`)
    const archive = zip(file)
    return [
      raw("Python's zipfile", async () => {
        const original = await openOriginal(scratch, 'zipfile', { file })
        return () => original({ work, keys })
      }),
      ours('zip', () => async () => {
        for (const key of keys) await (work === 'read' ? archive : zip(file)).get(key)
      }),
      ...(work === 'read' ? keptPeers(scratch, file, keys) : openingPeers(file, keys)),
    ]
  }
}

/** Libraries that open the archive for each value. */
function openingPeers(file: string, keys: readonly string[]): Entry[] {
  return [
    peer('yauzl', '', () => async () => {
      for (const key of keys) {
        const archive = await openWithYauzlToRead(file)
        await archive.get(key)
        archive.close()
      }
    }),
    peer('fflate', '', () => async () => {
      for (const key of keys) await readWithFflate(readFileSync(file), key)
    }),
    peer('jszip', '', () => async () => {
      for (const key of keys) await (await jszipOver(readFileSync(file))).file(key)?.async('uint8array')
    }),
  ]
}

/** Libraries that have the archive open. */
function keptPeers(scratch: Scratch, file: string, keys: readonly string[]): Entry[] {
  return [
    peer('yauzl', '', async () => {
      const archive = await openWithYauzlToRead(file)
      scratch.defer(async () => archive.close())
      return async () => {
        for (const key of keys) await archive.get(key)
      }
    }),
    peer('jszip', '', async () => {
      const archive = await jszipOver(readFileSync(file))
      return async () => {
        for (const key of keys) await archive.file(key)?.async('uint8array')
      }
    }),
  ]
}

async function packing(): Promise<Entry[]> {
  const store = memory()
  const files = Array.from({ length: 10_000 }, (_, index) => [`folder/${index}.txt`, text(index)] as const)
  await store.setMany(files)
  return [
    raw('fflate, in memory', () => () => packWithFflate(files)),
    ours('zipOf a store', () => async () => {
      let bytes = 0
      for await (const chunk of zipOf(store)) bytes += chunk.length
      return bytes
    }),
    peer('jszip', '', () => () => packWithJszip(files)),
    peer('zip.js', '', () => () => packWithZipJs(files)),
  ]
}

/** A kilobyte of words, which compresses as prose does. */
function text(seed: number): Uint8Array {
  let state = seed + 1
  let words = ''
  while (words.length < 1024) {
    state = (state * 48_271) % 2_147_483_647
    words += `${(state % 5000).toString(36)} `
  }
  return new TextEncoder().encode(words.slice(0, 1024))
}

async function pack(file: string, store: Reader<string, Uint8Array>, level: number): Promise<void> {
  await pipeline(zipOf(store, { level }), createWriteStream(file))
}

/** A store that has the same value at many keys. */
function repeated(count: number, value: Uint8Array): Reader<string, Uint8Array> {
  return createStore({
    name: 'repeated',
    get: () => value,
    *keys() {
      for (let index = 0; index < count; index++) yield `folder/${index}`
    },
  })
}
