import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { filterKeys, isStoreError, memory, pipe, readRange, readStream, writeStream } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { describe, expect, it } from 'vitest'
import { type ForeignEntry, unzipTo, zip, zipOf, zips } from '../src/index.ts'
import { craft, field, u16, u32, u64 } from './support/craft.ts'
import { bytes, collect, joined, temporaryFolder, text } from './support/helpers.ts'

const HOSTILE = [
  '../../evil',
  '/abs',
  'a\\b',
  '..\\x',
  'C:\\x',
  'a/./b',
  'a/b',
  '__proto__',
  'a//b',
  'nul\0l',
  'constructor',
]

const corrupt = expect.objectContaining({ code: 'Corrupt' })
const unsupported = expect.objectContaining({ code: 'Unsupported' })
const tooLarge = expect.objectContaining({ code: 'TooLarge' })

describe('1: names that lead elsewhere', () => {
  const archive = craft(HOSTILE.map(name => ({ name, data: `data of ${name}` })))

  it('are keys as they are', async () => {
    const store = zip(archive)
    expect(await collect(store.keys())).toEqual(HOSTILE)
    for (const name of HOSTILE) expect(text(await store.get(name))).toBe(`data of ${name}`)
  })
  it('are left out and refused on writing with unsafe: skip', async () => {
    const foreign: ForeignEntry[] = []
    const store = zip(archive, { unsafe: 'skip', onForeign: entry => foreign.push(entry) })
    expect(await collect(store.keys())).toEqual(['a/b', '__proto__', 'constructor'])
    expect(foreign.map(({ kind }) => kind)).toEqual(Array(HOSTILE.length - 3).fill('unsafe'))
    expect(await store.get('/abs')).toBeUndefined()
    const written = zip(path.join(temporaryFolder(), 'a.zip'), { unsafe: 'skip' })
    await expect(written.set('../x', bytes('x'))).rejects.toMatchObject({
      code: 'InvalidKey',
      reason: 'unsafe-name',
    })
  })
  it('make the archive Corrupt with unsafe: refuse', async () => {
    await expect(zip(archive, { unsafe: 'refuse' }).get('a/b')).rejects.toEqual(corrupt)
  })
  it('are not extracted, and then nothing is', async () => {
    const root = path.join(temporaryFolder(), 'root')
    await expect(unzipTo(archive, files(root))).rejects.toMatchObject({
      code: 'InvalidKey',
      key: '../../evil',
    })
    expect(existsSync(root)).toBe(false)
    expect(await unzipTo(archive, files(root), { unsafe: 'skip' })).toEqual({ copied: 3, skipped: 0 })
    expect(readdirSync(path.dirname(root))).toEqual(['root'])
    const encoded = memory()
    await unzipTo(archive, encoded, { unsafe: 'keep' })
    expect(text(await encoded.get('../../evil'))).toBe('data of ../../evil')
  })
})

describe('2: bombs', () => {
  const zeros = new Uint8Array(64 * 1024 * 1024)
  const packed = deflateRawSync(zeros)

  it('that unpack to far more than they are: TooLarge, whole and by stream, the rest readable', async () => {
    const store = zip(
      craft([
        { name: 'bomb', data: zeros, packed, method: 8 },
        { name: 'good', data: 'good' },
      ]),
    )
    await expect(store.get('bomb')).rejects.toEqual(tooLarge)
    await expect(readStream(store, 'bomb')).rejects.toEqual(tooLarge)
    await expect(readRange(store, 'bomb', { start: 0, end: 1 })).rejects.toEqual(tooLarge)
    expect(text(await store.get('good'))).toBe('good')
  })
  it('that lie about their size: Corrupt, and memory stays', async () => {
    const store = zip(craft([{ name: 'bomb', packed, size: 1000, method: 8 }]))
    const before = process.memoryUsage()
    await expect(store.get('bomb')).rejects.toEqual(corrupt)
    await expect(readStream(store, 'bomb').then(stream => joined(stream as never))).rejects.toEqual(corrupt)
    const { arrayBuffers, external } = process.memoryUsage()
    expect(arrayBuffers + external - before.arrayBuffers - before.external).toBeLessThan(16 * 1024 * 1024)
  })
  it('of many entries, or of many bytes together', async () => {
    const many = craft(Array.from({ length: 11 }, (_, index) => ({ name: `${index}`, data: '0123456789' })))
    await expect(zip(many, { limits: { entries: 10 } }).size()).rejects.toEqual(tooLarge)
    await expect(zip(many, { limits: { totalBytes: 109 } }).size()).rejects.toEqual(tooLarge)
    await expect(zip(many, { limits: { entryBytes: 9 } }).get('0')).rejects.toEqual(tooLarge)
    expect(await zip(many, { limits: { entries: 11, totalBytes: 110, entryBytes: 10 } }).size()).toBe(11)
  })
  it('that say to have more entries than their directory has room for', async () => {
    const archive = craft([{ name: 'a' }], { count: 0xffff, zip64: { count: 900_000 } })
    await expect(zip(archive).size()).rejects.toEqual(corrupt)
    await expect(
      zip(craft([{ name: 'a' }], { count: 0xffff, zip64: { count: 9e9 } })).size(),
    ).rejects.toEqual(tooLarge)
  })
  it('of entries that share their bytes', async () => {
    const kernel = { data: 'kernel', method: 8 }
    const shared = craft([
      { name: 'a', ...kernel },
      { name: 'b', ...kernel, sharedWith: 0 },
      { name: 'good', data: 'good' },
    ])
    for (const key of ['a', 'b']) await expect(zip(shared).get(key)).rejects.toEqual(corrupt)
    expect(text(await zip(shared).get('good'))).toBe('good')
  })
  it('of entries one inside the other', async () => {
    const inside = craft([{ name: 'inner', data: 'x' }]).subarray(0, 36)
    const archive = craft([{ name: 'outer', data: inside }])
    const central = archive.length - 22 - 51
    const doubled = Buffer.concat([
      archive.subarray(0, central),
      archive.subarray(central, central + 51),
      Buffer.concat([
        u32(0x02014b50),
        u16(20, 20, 0x800, 0),
        u32(0x210000, 0x8cdc1683, 1, 1),
        u16(5, 0, 0, 0, 0),
        u32(0, 35),
        Buffer.from('inner'),
      ]),
      Buffer.concat([u32(0x06054b50), u16(0, 0, 2, 2), u32(102, central), u16(0)]),
    ])
    const store = zip(doubled)
    expect(await collect(store.keys())).toEqual(['outer', 'inner'])
    for (const key of ['outer', 'inner']) await expect(store.get(key)).rejects.toEqual(corrupt)
  })
  it('one archive in the other: only what is asked for is unpacked', async () => {
    let nested: Uint8Array = craft([{ name: 'zeros', data: zeros, packed, method: 8 }])
    for (let level = 0; level < 3; level++) nested = craft([{ name: 'next.zip', data: nested, method: 8 }])
    const outer = zip(nested)
    const inner = zip({ store: outer, key: 'next.zip' })
    expect(await collect(inner.keys())).toEqual(['next.zip'])
  })
})

describe('3: damage', () => {
  const entries = [
    { name: 'first', data: 'first '.repeat(50), method: 8 },
    { name: 'bad', data: 'bad '.repeat(50), method: 8 },
    { name: 'last', data: 'last '.repeat(50), method: 8 },
  ]
  const withBad = (change: object) =>
    zip(craft(entries.map(each => (each.name === 'bad' ? { ...each, ...change } : each))))

  it.each([
    ['a size that is too small', { size: 10, local: { size: 10 } }],
    ['a size that is too large', { size: 10_000, local: { size: 10_000 } }],
    ['compressed bytes that are too few', { compressed: 5, local: { compressed: 5 } }],
    ['a wrong checksum', { crc: 1, local: { crc: 1 } }],
    ['data that is not deflated', { packed: Buffer.alloc(30, 0xff) }],
    [
      'bytes after the deflated ones',
      { packed: Buffer.concat([deflateRawSync(Buffer.from('bad '.repeat(50))), Buffer.from('xx')]) },
    ],
    [
      'two sizes of what is not compressed',
      { method: 0, packed: Buffer.from('bad'), size: 4, compressed: 3 },
    ],
  ])('%s: Corrupt with the name, others are readable', async (_, change) => {
    const store = withBad(change)
    await expect(store.get('bad')).rejects.toMatchObject({ code: 'Corrupt', key: 'bad' })
    await expect(readStream(store, 'bad').then(stream => joined(stream as never))).rejects.toMatchObject({
      code: 'Corrupt',
    })
    expect(text(await store.get('first'))).toBe('first '.repeat(50))
    expect(text(await store.get('last'))).toBe('last '.repeat(50))
    expect(await store.has('bad')).toBe(true)
    expect(await collect(store.keys())).toEqual(['first', 'bad', 'last'])
  })
  it('is found in long values, whose stream fails with its last chunk', async () => {
    const data = Buffer.alloc(12_000_000)
    for (let at = 0; at + 4 <= data.length; at += 4) data.writeUInt32LE((at * 2654435761) >>> 0, at)
    for (const method of [0, 8]) {
      for (const change of [
        { crc: 1 },
        method === 8 ? { size: data.length - 1 } : {},
        method === 8 ? { size: data.length + 1 } : {},
      ]) {
        if (Object.keys(change).length === 0) continue
        const store = zip(craft([{ name: 'long', data, method, ...change, local: change }]))
        await expect(store.get('long')).rejects.toEqual(corrupt)
        await expect(readStream(store, 'long').then(stream => joined(stream as never))).rejects.toEqual(
          corrupt,
        )
      }
    }
    const trailing = Buffer.concat([deflateRawSync(data), Buffer.alloc(70_000)])
    const store = zip(craft([{ name: 'long', data, method: 8, packed: trailing }]))
    await expect(store.get('long')).rejects.toEqual(corrupt)
    await expect(readStream(store, 'long').then(stream => joined(stream as never))).rejects.toEqual(corrupt)
  })
  it('an archive that is cut anywhere', async () => {
    const whole = craft(entries)
    for (let length = 0; length < whole.length; length++)
      await expect(zip(whole.subarray(0, length)).get('first')).rejects.toEqual(corrupt)
  })
  it('no archive at all', async () => {
    for (const nothing of [new Uint8Array(), bytes('hello'), new Uint8Array(100_000)])
      await expect(zip(nothing).has('a')).rejects.toEqual(corrupt)
  })
  it('bytes before the archive, reckoned with or not', async () => {
    for (const relative of [false, true]) {
      const store = zip(craft(entries, { before: bytes('#!/bin/sh\nexit\n'), relative }))
      expect(text(await store.get('bad'))).toBe('bad '.repeat(50))
    }
  })
  it('bytes after the archive are refused, a comment is not', async () => {
    await expect(zip(craft(entries, { after: bytes('junk') })).size()).rejects.toEqual(corrupt)
    expect(await zip(craft(entries, { comment: bytes('made by hand') })).size()).toBe(3)
    expect(await zip(craft(entries, { comment: new Uint8Array(0xffff) })).size()).toBe(3)
  })
  it('two ends that contradict each other', async () => {
    const fake = craft([{ name: 'fake' }])
    await expect(zip(craft(entries, { comment: fake })).size()).rejects.toEqual(corrupt)
  })
  it.each([
    ['a directory elsewhere', { offset: 0xfff }],
    ['a directory that is too long', { length: 0xffff }],
    ['a wrong number of entries', { count: 4 }],
    ['zip64 numbers that disagree', { zip64: { count: 4 } }],
    ['a zip64 end that is missing', { length: 0xffffffff }],
  ])('%s', async (_, end) => {
    await expect(zip(craft(entries, end)).size()).rejects.toEqual(corrupt)
  })
  it('an entry that begins behind the directory', async () => {
    const archive = craft(entries)
    archive.writeUInt32LE(0x7fffffff, archive.indexOf(u32(0x02014b50)) + 42)
    await expect(zip(archive).get('first')).rejects.toEqual(corrupt)
    expect(text(await zip(archive).get('last'))).toBe('last '.repeat(50))
  })
})

describe('4: contradictions', () => {
  const twice = craft([
    { name: 'a', data: 'one' },
    { name: 'b', data: 'b' },
    { name: 'a', data: 'two' },
  ])

  it('of two entries of one name none is taken, unless asked for', async () => {
    await expect(zip(twice).get('a')).rejects.toMatchObject({ code: 'Corrupt', key: 'a' })
    expect(text(await zip(twice).get('b'))).toBe('b')
    expect(await collect(zip(twice).keys())).toEqual(['a', 'b'])
    expect(text(await zip(twice, { duplicates: 'first' }).get('a'))).toBe('one')
    expect(text(await zip(twice, { duplicates: 'last' }).get('a'))).toBe('two')
  })
  it('writing the key leaves one, deleting none', async () => {
    const place = memory()
    await place.set('z', twice)
    const store = zip({ store: place, key: 'z' })
    await store.set('a', bytes('three'))
    expect(text(await zip((await place.get('z')) as Uint8Array).get('a'))).toBe('three')
    await place.set('z', twice)
    await store.delete('a')
    expect(await collect(store.keys())).toEqual(['b'])
  })
  it.each([
    ['name', { name: 'x' }],
    ['checksum', { crc: 7 }],
    ['size', { size: 7 }],
    ['compressed size', { compressed: 7 }],
    ['method', { method: 8 }],
    ['encryption', { flags: 0x801 }],
  ])('a local header with another %s than the directory: Corrupt', async (_, local) => {
    const store = zip(
      craft([
        { name: 'a', data: 'a', local },
        { name: 'b', data: 'b' },
      ]),
    )
    await expect(store.get('a')).rejects.toMatchObject({ code: 'Corrupt', key: 'a' })
    expect(text(await store.get('b'))).toBe('b')
  })
})

describe('5: names', () => {
  const raw = Buffer.from([0x63, 0x61, 0x66, 0x82])

  it('are in code page 437 unless they say that they are UTF-8', async () => {
    expect(await collect(zip(craft([{ name: raw, flags: 0 }])).keys())).toEqual(['café'])
    const utf8 = craft([
      { name: 'café', flags: 0x800 },
      { name: 'naïve', flags: 0 },
    ])
    expect(await collect(zip(utf8).keys())).toEqual(['café', 'na├»ve'])
    expect(await collect(zip(utf8, { names: 'utf-8' }).keys())).toEqual(['café', 'naïve'])
    const latin = (name: Uint8Array) => Buffer.from(name).toString('latin1')
    expect(
      await collect(zip(craft([{ name: Buffer.from([0xe9]), flags: 0 }]), { names: latin }).keys()),
    ).toEqual(['é'])
  })
  it('in the unicode extra field count while it is about the name that is there', async () => {
    const { crc32 } = await import('node:zlib')
    const extra = (of: Uint8Array) =>
      field(0x7075, Buffer.concat([Buffer.from([1]), u32(crc32(of)), Buffer.from('日本')]))
    expect(await collect(zip(craft([{ name: raw, flags: 0, extra: extra(raw) }])).keys())).toEqual(['日本'])
    expect(await collect(zip(craft([{ name: raw, flags: 0, extra: extra(bytes('x')) }])).keys())).toEqual([
      'café',
    ])
  })
  it('that cannot be decoded are reported, and others are there', async () => {
    const foreign: ForeignEntry[] = []
    const store = zip(
      craft([{ name: Buffer.from([0xff, 0xfe]) }, { name: 'a'.repeat(1025) }, { name: 'good' }]),
      {
        onForeign: entry => foreign.push(entry),
      },
    )
    expect(await collect(store.keys())).toEqual(['good'])
    expect(foreign.map(({ kind }) => kind)).toEqual(['name', 'name'])
  })
})

describe('6: kinds of entries', () => {
  it.each([
    ['encrypted', { flags: 0x801 }, 'encrypted'],
    ['encrypted with AES', { method: 99 }, 'encrypted'],
    ['deflate64', { method: 9 }, 'deflate64 (9)'],
    ['bzip2', { method: 12 }, 'bzip2 (12)'],
    ['LZMA', { method: 14 }, 'LZMA (14)'],
    ['unknown', { method: 77 }, '77'],
  ])('%s: Unsupported, for this entry alone', async (_, change, told) => {
    const store = zip(
      craft([
        { name: 'a', data: 'a', packed: bytes('a'), ...change },
        { name: 'b', data: 'b' },
      ]),
    )
    await expect(store.get('a')).rejects.toEqual(unsupported)
    await expect(store.get('a')).rejects.toThrow(told)
    expect(text(await store.get('b'))).toBe('b')
    expect((await store.stat('a'))?.size).toBe(1)
  })
  it('of several parts: Unsupported', async () => {
    await expect(zip(craft([{ name: 'a' }], { disk: 1 })).size()).rejects.toEqual(unsupported)
  })
  it('with descriptors, stored or compressed', async () => {
    const store = zip(
      craft([
        { name: 'a', data: 'a', descriptor: true },
        { name: 'b', data: 'bb', method: 8, descriptor: true },
      ]),
    )
    expect([text(await store.get('a')), text(await store.get('b'))]).toEqual(['a', 'bb'])
  })
  it('with zip64 numbers', async () => {
    const big = {
      name: 'a',
      data: 'zip64',
      size: 0xffffffff,
      compressed: 0xffffffff,
      extra: field(1, u64(5, 5)),
      local: { extra: field(1, u64(5, 5)) },
    }
    const store = zip(craft([big, { name: 'b', data: 'b' }], { count: 0xffff, zip64: {} }))
    expect([text(await store.get('a')), text(await store.get('b'))]).toEqual(['zip64', 'b'])
    const short = craft([{ ...big, extra: field(1, u64(5)) }])
    await expect(zip(short).size()).rejects.toEqual(corrupt)
  })
  it('with a zip64 end record that tells more than it has to', async () => {
    const plain = craft([{ name: 'a', data: 'a' }], { count: 0xffff, zip64: {} })
    const locator = plain.length - 42
    const longer = Buffer.concat([plain.subarray(0, locator), Buffer.alloc(8), plain.subarray(locator)])
    longer.writeBigUInt64LE(52n, locator - 52)
    longer.writeBigUInt64LE(BigInt(locator - 56), locator + 8 + 8)
    expect(await collect(zip(longer).keys())).toEqual(['a'])
    longer.writeBigUInt64LE(51n, locator - 52)
    await expect(zip(longer).size()).rejects.toEqual(corrupt)
  })
  it('with a local header that is longer than the directory tells', async () => {
    const long = field(0x9999, new Uint8Array(60_000))
    const zip64 = { size: 0xffffffff, compressed: 0xffffffff }
    const store = zip(
      craft([
        { name: 'a', data: 'aaa', method: 8, local: { extra: long } },
        { name: 'b', data: Buffer.alloc(2_000_000, 'b'), local: { extra: long } },
        { name: 'c', data: 'ccc', local: { ...zip64, extra: Buffer.concat([long, field(1, u64(3, 3))]) } },
        { name: 'd', data: 'ddd', local: { ...zip64, extra: Buffer.concat([long, field(1, u64(3, 4))]) } },
      ]),
    )
    expect([text(await store.get('a')), text(await store.get('c'))]).toEqual(['aaa', 'ccc'])
    expect((await joined((await readStream(store, 'b')) as never)).length).toBe(2_000_000)
    expect(text(await readRange(store, 'b', { start: 1_999_999 }))).toBe('b')
    await expect(store.get('d')).rejects.toEqual(corrupt)
  })
  it('as many as 65,535, without zip64', async () => {
    const entries = Array.from({ length: 65_535 }, (_, index) => ({ name: `${index}` }))
    expect(await zip(craft(entries)).size()).toBe(65_535)
  })
  it('more than 65,535 of them, counted in full or in part', async () => {
    const entries = Array.from({ length: 65_600 }, (_, index) => ({ name: `${index}` }))
    for (const end of [{ count: 0xffff, zip64: {} }, { count: 65_600 }]) {
      const store = zip(craft(entries, end))
      expect(await store.size()).toBe(65_600)
      expect(await store.has('65599')).toBe(true)
    }
  })
})

describe('7: what is no file', () => {
  it('directories, links, devices and empty names are no keys, and links are not followed', async () => {
    const unix = (mode: number) => ({ madeBy: (3 << 8) | 20, attributes: mode * 0x10000 })
    const foreign: ForeignEntry[] = []
    const archive = craft([
      { name: 'folder/' },
      { name: 'link', data: '/etc/passwd', ...unix(0o120777) },
      { name: 'mac link', data: 'x', madeBy: (19 << 8) | 20, attributes: 0o120777 * 0x10000 },
      { name: 'fifo', ...unix(0o010644) },
      { name: 'odd folder', ...unix(0o040755) },
      { name: 'dos folder', attributes: 0x10 },
      { name: '' },
      { name: 'file', data: 'file', ...unix(0o100644) },
    ])
    const store = zip(archive, { onForeign: entry => foreign.push(entry) })
    expect(await collect(store.keys())).toEqual(['file'])
    expect(foreign.map(({ kind }) => kind)).toEqual([
      'directory',
      'symlink',
      'symlink',
      'other',
      'directory',
      'directory',
      'name',
    ])
    for (const { name } of foreign.slice(0, -1)) expect(await store.get(name)).toBeUndefined()
    expect(await store.size()).toBe(1)
  })
  it('stays in an archive that is rewritten, and its name is not taken', async () => {
    const place = memory()
    await place.set(
      'z',
      craft([{ name: 'd/' }, { name: 'link', data: 'x', madeBy: 0x314, attributes: 0o120777 * 0x10000 }]),
    )
    const foreign: string[] = []
    const store = zip({ store: place, key: 'z' }, { onForeign: ({ name }) => foreign.push(name) })
    await store.set('new', bytes('new'))
    await expect(store.set('link', bytes('x'))).rejects.toMatchObject({ code: 'Incompatible' })
    await expect(store.set('d/', bytes('x'))).rejects.toMatchObject({
      code: 'InvalidKey',
      reason: 'trailing-slash',
    })
    expect(await collect(store.keys())).toEqual(['new'])
    expect(foreign).toEqual(['d/', 'link'])
  })
})

describe('10: determinism', () => {
  it('the same values make the same bytes, in whatever order and whenever they come', async () => {
    const make = async (keys: string[]) => {
      const place = memory()
      const store = zip({ store: place, key: 'z' }, { deterministic: true })
      for (const key of keys) await store.set(key, bytes(`value of ${key}`.repeat(20)))
      return (await place.get('z')) as Uint8Array
    }
    const one = await make(['b', 'a', 'é', 'z/y'])
    expect(await make(['z/y', 'é', 'b', 'a'])).toEqual(one)
    const packed = async () => joined(zipOf(zip(one), { deterministic: true }) as never)
    expect(await packed()).toEqual(await packed())
    expect(await collect(zip(one).keys())).toEqual(['a', 'b', 'z/y', 'é'])
    expect((await zip(one).stat('a'))?.modified).toEqual(new Date(1980, 0, 1))
  })
})

it('10: determinism holds for long streams, however they are cut', async () => {
  const value = Buffer.alloc(20_000_001, 0)
  const make = async (cut: number) => {
    const place = memory()
    const store = zip({ store: place, key: 'z' }, { deterministic: true })
    const chunks = async function* () {
      for (let at = 0; at < value.length; at += cut) {
        yield value.subarray(at, at + cut)
        if (at % (3 * cut) === 0) await new Promise(setImmediate)
      }
    }
    await writeStream(store, 'long', chunks())
    expect((await store.get('long'))?.length).toBe(value.length)
    return Buffer.from((await place.get('z')) as Uint8Array)
  }
  const one = await make(10_000_000)
  expect((await make(70_001)).equals(one)).toBe(true)
  expect((await make(9_999)).equals(one)).toBe(true)
})

describe('11: an archive that is replaced while it is read', () => {
  const first = craft([
    { name: 'a', data: 'first' },
    { name: 'b', data: 'first b' },
  ])
  const second = craft([
    { name: 'b', data: 'second b' },
    { name: 'a', data: 'second' },
  ])

  it('shows the new one, never a mixture', async () => {
    const place = memory()
    await place.set('z', first)
    const store = zip({ store: place, key: 'z' })
    expect(text(await store.get('a'))).toBe('first')
    await place.set('z', second)
    expect(text(await store.get('a'))).toBe('second')
    await place.set('z', first)
    expect(text(await store.get('b'))).toBe('first b')
    await place.delete('z')
    expect(await store.get('a')).toBeUndefined()
  })
  it('a long stream that is open ends in Conflict', async () => {
    const long = craft([{ name: 'a', data: Buffer.alloc(3_000_000, 'long ') }])
    const place = files(temporaryFolder())
    await place.set('z', long)
    // A place that reads by parts, each from what is there at the moment.
    const size = () => long.length
    const parts = {
      size,
      read: async (start: number, end: number) => (await readRange(place, 'z', { start, end })) as Uint8Array,
    }
    expect((await zip(parts).get('a'))?.length).toBe(3_000_000)
    const store = zip({ store: place, key: 'z' })
    const reader = (await readStream(store, 'a'))?.getReader()
    await reader?.read()
    await place.set('z', second)
    const rest = (async () => {
      while (!(await reader?.read())?.done);
    })()
    await expect(rest).rejects.toSatisfy(error => isStoreError(error, 'Conflict', 'Corrupt'))
  })
})

it('a folder of archives tells which one is damaged', async () => {
  const store = memory()
  await store.set('good.zip', craft([{ name: 'a' }]))
  await store.set('bad.zip', bytes('no archive'))
  await expect(collect(zips(store).keys())).rejects.toThrow('"bad.zip"')
  expect(
    await collect(
      zips(
        pipe(
          store,
          filterKeys<typeof store>(key => key !== 'bad.zip'),
        ),
      ).keys(),
    ),
  ).toEqual([['good.zip', 'a']])
})
