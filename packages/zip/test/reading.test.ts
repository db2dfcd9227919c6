import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { csv } from '@kvdol/codecs/csv'
import {
  at,
  byExtension,
  compose,
  filterKeys,
  json,
  mapValues,
  memory,
  pipe,
  readRange,
  readStream,
  type Store,
  text as utf8,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import { describe, expect, it } from 'vitest'
import {
  archived,
  entryInfo,
  mergedZips,
  withoutMacJunk,
  zip,
  zipFolders,
  zipped,
  zips,
} from '../src/index.ts'
import { craft, field, u16, u32, u64 } from './support/craft.ts'
import { bytes, collect, joined, temporaryFolder, text } from './support/helpers.ts'

const archive = craft([
  { name: 'd/' },
  { name: 'd/a.txt', data: 'a', method: 8 },
  { name: 'b.txt', data: 'b' },
  { name: 'd/e/c.txt', data: 'c' },
])

describe('an archive as a reader', () => {
  const file = () => {
    const name = path.join(temporaryFolder(), 'a.zip')
    writeFileSync(name, archive)
    return name
  }
  const stored = async () => {
    const store = memory()
    await store.set('key', archive)
    return { store, key: 'key' }
  }
  const access = {
    size: () => archive.length,
    read: (start: number, end: number) => archive.subarray(start, end),
  }

  it.each([
    ['its bytes', () => zip(archive)],
    ['a path', () => zip(file())],
    ['a file: address', () => zip(pathToFileURL(file()))],
    ['a value of a store', async () => zip(await stored())],
    ['random access', () => zip(access)],
  ])('from %s', async (_, open) => {
    const store = await open()
    expect(await collect(store.keys())).toEqual(['d/a.txt', 'b.txt', 'd/e/c.txt'])
    expect(text(await store.get('d/a.txt'))).toBe('a')
    expect(await store.get('missing')).toBeUndefined()
    expect(await store.get('d/')).toBeUndefined()
    await expect(store.getOrThrow('missing')).rejects.toMatchObject({ code: 'NotFound', key: 'missing' })
    expect(await collect(store.keys({ prefix: 'd/' }))).toEqual(['d/a.txt', 'd/e/c.txt'])
    expect(await collect(at(store, 'd/').keys())).toEqual(['a.txt', 'e/c.txt'])
    expect(await store.size()).toBe(3)
    expect(
      (await collect(store.getMany(['b.txt', 'x', 'd/a.txt', 'b.txt']))).map(([, value]) => text(value)),
    ).toEqual(['b', undefined, 'a', 'b'])
  })
  it('that cannot be written refuses to be', async () => {
    const store = zip(archive) as Store<string, Uint8Array>
    await expect(store.set('a', bytes('a'))).rejects.toMatchObject({ code: 'ReadOnly' })
    await expect(store.delete('b.txt')).rejects.toMatchObject({ code: 'ReadOnly' })
  })
  it('refuses sources that give fewer bytes than they say', async () => {
    const short = { ...access, read: (start: number, end: number) => archive.subarray(start, end - 1) }
    await expect(zip(short).size()).rejects.toMatchObject({ code: 'Corrupt' })
    await expect(zip({ ...access, size: () => Number.NaN }).size()).rejects.toMatchObject({ code: 'Corrupt' })
  })
  it('is no file: an error, not an absence', async () => {
    const folder = temporaryFolder()
    mkdirSync(path.join(folder, 'a.zip'))
    await expect(zip(path.join(folder, 'a.zip')).get('a')).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: false,
    })
    await expect(zip(path.join(folder, 'none.zip'), { mustExist: true }).has('a')).rejects.toMatchObject({
      code: 'Unavailable',
    })
    expect(await zip(path.join(folder, 'none.zip')).has('a')).toBe(false)
  })
  it('gives private values, also twice', async () => {
    const store = zip(archive)
    for (const key of ['b.txt', 'd/a.txt']) {
      const value = (await store.get(key)) as Uint8Array
      value.fill(0)
      expect(text(await store.get(key))).toBe(key === 'b.txt' ? 'b' : 'a')
    }
  })
})

describe('reading one value', () => {
  const value = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251))
  const entries = Array.from({ length: 2000 }, (_, index) => ({
    name: `folder/entry-${index}`,
    data: index === 1000 ? value : `${index}`.repeat(100),
  }))
  const whole = craft(entries)

  function counted() {
    const reads: number[] = []
    const read = (start: number, end: number) => {
      reads.push(end - start)
      return whole.subarray(start, end)
    }
    return { store: zip({ size: () => whole.length, read }), reads }
  }

  it('reads the directory and that entry, once', async () => {
    const { store, reads } = counted()
    const directory = whole.length - whole.readUInt32LE(whole.length - 6)
    expect(await store.get('folder/entry-1000')).toEqual(new Uint8Array(value))
    expect(reads.reduce((sum, length) => sum + length)).toBeLessThan(directory + value.length + 64 * 1024)
    expect(reads).toHaveLength(3)
    reads.length = 0
    await store.get('folder/entry-3')
    expect(reads).toHaveLength(1)
    expect(reads[0]).toBeLessThan(100 + 100)
  })
  it('reads many neighbours together', async () => {
    const { store, reads } = counted()
    await store.size()
    reads.length = 0
    const keys = Array.from({ length: 100 }, (_, index) => `folder/entry-${index}`)
    expect(
      (await collect(store.getMany(keys))).every(([key, found]) => text(found)?.startsWith(key.slice(13))),
    ).toBe(true)
    expect(reads).toHaveLength(1)
  })
  it('reads a range of what is not compressed alone', async () => {
    const long = craft([{ name: 'long', data: Buffer.alloc(5_000_000, 'abcdefgh') }])
    let count = 0
    const read = (start: number, end: number) => {
      count += end - start
      return long.subarray(start, end)
    }
    const store = zip({ size: () => long.length, read })
    await store.size()
    count = 0
    expect(text(await readRange(store, 'long', { start: 4_000_000, end: 4_000_008 }))).toBe('abcdefgh')
    expect(count).toBeLessThan(1000)
  })
  it('streams a long value and its ranges', async () => {
    const long = Buffer.alloc(12_000_000)
    for (let at = 0; at + 4 <= long.length; at += 4) long.writeUInt32LE((at * 2654435761) >>> 0, at)
    const store = zip(
      craft([
        { name: 'long', data: long, method: 8 },
        { name: 'stored', data: long },
      ]),
    )
    for (const key of ['long', 'stored']) {
      expect((await joined((await readStream(store, key)) as never)).length).toBe(long.length)
      expect(Buffer.from((await store.get(key)) as Uint8Array).equals(long)).toBe(true)
      const part = await readRange(store, key, { start: 6_000_001, end: 9_000_003 })
      expect(Buffer.from(part as Uint8Array).equals(long.subarray(6_000_001, 9_000_003))).toBe(true)
      expect(await readRange(store, key, { suffix: 3 })).toEqual(new Uint8Array(long.subarray(-3)))
      await expect(readStream(store, key, { start: long.length })).rejects.toMatchObject({
        code: 'RangeNotSatisfiable',
      })
    }
  })
})

it('entryInfo tells what the directory does, through key transforms', async () => {
  const time = (2024 - 1980) * 2 ** 25 + (2 << 21) + (29 << 16) + (12 << 11) + (30 << 5) + 21
  const ntfs = field(0x0a, Buffer.concat([u32(0), u16(1, 24), u64(133_534_908_000_000_000, 0, 0)]))
  const unix = field(0x5455, Buffer.concat([Buffer.from([1]), u32(1_709_210_222)]))
  const store = zip(
    craft([
      { name: 'd/dos', data: 'x'.repeat(100), method: 8, time, comment: 'hello' },
      { name: 'd/ntfs', time, extra: ntfs },
      { name: 'd/unix', time, extra: unix },
      { name: 'd/odd', method: 12, flags: 0x801 },
    ]),
  )
  const below = at(store, 'd/')
  expect(await entryInfo(below, 'dos')).toEqual({
    size: 100,
    compressed: 6,
    method: 'deflated',
    crc: 0x5e0e5d8f,
    modified: new Date(2024, 1, 29, 12, 30, 42),
    comment: 'hello',
    encrypted: false,
  })
  expect((await store.stat('d/dos'))?.modified).toEqual(new Date(2024, 1, 29, 12, 30, 42))
  expect((await entryInfo(store, 'd/ntfs'))?.modified).toEqual(new Date(1_709_017_200_000))
  expect((await entryInfo(store, 'd/unix'))?.modified).toEqual(new Date(1_709_210_222_000))
  expect(await entryInfo(store, 'd/odd')).toMatchObject({ method: 12, encrypted: true })
  expect(await entryInfo(below, 'none')).toBeUndefined()
  await expect(entryInfo(memory(), 'a')).rejects.toMatchObject({ code: 'Unsupported' })
})

it('folders of an archive are stores', async () => {
  const folders = zipFolders(zip(archive))
  expect(await collect(folders.keys())).toEqual(['d/', 'd/e/'])
  expect(await collect((await folders.getOrThrow('d/')).keys())).toEqual(['a.txt', 'e/c.txt'])
  expect(await folders.get('x/')).toBeUndefined()
  expect(await folders.get('d')).toBeUndefined()
})

it('withoutMacJunk leaves out what macOS adds', async () => {
  const junk = craft(
    ['a', '__MACOSX/x', '__MACOSX/d/._a', 'd/.DS_Store', '.DS_Store', 'd/._b', 'd/b', 'x__MACOSX/y'].map(
      name => ({ name }),
    ),
  )
  expect(await collect(pipe(zip(junk), filterKeys(withoutMacJunk)).keys())).toEqual([
    'a',
    'd/b',
    'x__MACOSX/y',
  ])
})

describe('several archives', () => {
  const one = craft([
    { name: 'a', data: '1' },
    { name: 'b', data: '1' },
  ])
  const two = craft([
    { name: 'b', data: '2' },
    { name: 'c', data: '2' },
  ])

  it('merged: the last one counts', async () => {
    const extra = memory()
    await extra.set('c', bytes('3'))
    const merged = mergedZips([one, two, extra])
    expect((await collect(merged)).map(([key, value]) => [key, text(value)])).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ])
    expect(await merged.has('c')).toBe(true)
    expect(await merged.has('d')).toBe(false)
    expect(await merged.get('d')).toBeUndefined()
    expect((await merged.stat('b'))?.size).toBe(1)
    expect(text(await joined((await readStream(merged, 'b')) as never))).toBe('2')
    expect(await collect(merged.keys({ prefix: 'b' }))).toEqual(['b'])
    await merged.close()
    expect(await extra.has('c')).toBe(true)
  })
  it('a folder of them: keys are pairs', async () => {
    const folder = files(temporaryFolder())
    await folder.set('one.zip', one)
    await folder.set('sub/two.zip', two)
    const store = pipe(folder, zips())
    expect((await collect(store.keys())).sort()).toEqual([
      ['one.zip', 'a'],
      ['one.zip', 'b'],
      ['sub/two.zip', 'b'],
      ['sub/two.zip', 'c'],
    ])
    expect(text(await store.get(['sub/two.zip', 'b']))).toBe('2')
    expect(await store.get(['sub/two.zip', 'x'])).toBeUndefined()
    expect(await store.get(['none.zip', 'x'])).toBeUndefined()
    expect(await collect(store.keys({ prefix: ['one.zip'] }))).toEqual([
      ['one.zip', 'a'],
      ['one.zip', 'b'],
    ])
    expect((await store.stat(['one.zip', 'a']))?.size).toBe(1)
    expect(text(await readRange(store, ['one.zip', 'a'], { start: 0 }))).toBe('1')
    for (const key of ['one.zip', ['one.zip'], ['one.zip', 1], null])
      await expect(store.get(key as never)).rejects.toMatchObject({ code: 'InvalidKey' })
    await folder.set('one.zip', two)
    expect(text(await store.get(['one.zip', 'c']))).toBe('2')
  })
})

describe('codecs', () => {
  it('zipped: one entry, named after the key', async () => {
    const store = memory()
    const texts = pipe(store, mapValues(compose(utf8(), zipped())))
    await texts.set('a/one.zip', 'héllo')
    expect(await texts.get('a/one.zip')).toBe('héllo')
    expect(await collect(zip((await store.get('a/one.zip')) as Uint8Array).keys())).toEqual(['one'])
    await texts.set('.hidden', 'x')
    expect(await collect(zip((await store.get('.hidden')) as Uint8Array).keys())).toEqual(['.hidden'])
    const named = zipped({ name: 'data.txt', level: 0 })
    const encoded = await named.encode(bytes('x'), 7)
    expect(await collect(zip(encoded).keys())).toEqual(['data.txt'])
    expect(await zipped().encode(bytes('x'), 7)).toEqual(await zipped().encode(bytes('x'), 8))
    expect(
      await collect(zip(await zipped({ name: key => `no ${key}` }).encode(bytes('x'), 7)).keys()),
    ).toEqual(['no 7'])
  })
  it('zipped refuses archives with none or several entries', async () => {
    const store = memory()
    const values = pipe(store, mapValues(zipped()))
    await store.set('two', craft([{ name: 'a' }, { name: 'b' }]))
    await store.set('none', craft([]))
    await store.set('no archive', bytes('x'))
    await store.set('damaged', craft([{ name: 'a', data: 'a', crc: 1, local: { crc: 1 } }]))
    for (const key of ['two', 'none', 'no archive', 'damaged'])
      await expect(values.get(key)).rejects.toMatchObject({ code: 'Corrupt', key })
    await expect(values.set('a', 'text' as never)).rejects.toMatchObject({ code: 'InvalidValue' })
  })
  it('archived: values by extension, archives among them', async () => {
    const store = memory()
    const data = pipe(
      store,
      mapValues(
        byExtension({
          '.json': compose(json<object>(), utf8()),
          '.csv': compose(csv(), utf8()),
          '.txt': utf8(),
          '.zip': archived(),
        }),
      ),
    )
    const inner = memory()
    await inner.set('in/ner.txt', bytes('inner'))
    await data.set('a.json', { a: 1 })
    await data.set('a.csv', [['1', 'two']])
    await data.set('a.txt', 'text')
    await data.set('a.bin', bytes('raw'))
    await data.set('a.zip', inner)
    expect(await data.get('a.json')).toEqual({ a: 1 })
    expect(await data.get('a.csv')).toEqual([['1', 'two']])
    expect(await data.get('a.txt')).toBe('text')
    expect(await data.get('a.bin')).toEqual(bytes('raw'))
    const read = (await data.get('a.zip')) as typeof inner
    expect(text(await read.get('in/ner.txt'))).toBe('inner')
    await store.set('b.zip', bytes('no archive'))
    await expect(data.get('b.zip')).rejects.toMatchObject({ code: 'Corrupt', key: 'b.zip' })
  })
})
