import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { zip } from '../src/index.ts'
import { type Crafted, type CraftedEnd, craft, field, u32, u64 } from './support/craft.ts'
import { collect, text } from './support/helpers.ts'

const GOOD: Crafted = { name: 'good', data: 'good' }

/** The value of `a` or the code of the error, and whether the other entry is still readable. */
async function outcome(a: Crafted, end: CraftedEnd = {}): Promise<string | undefined> {
  const store = zip(craft([a, GOOD], end))
  const first = await store.get('a').then(text, error => error.code)
  // Once more, when the directory is known and the value may be read at once.
  expect(await store.get('a').then(text, error => error.code)).toBe(first)
  expect(text(await store.get('good'))).toBe('good')
  return first
}

describe('an entry whose numbers lie', () => {
  it.each<[string, Crafted, string]>([
    [
      'bytes after the compressed ones',
      { name: 'a', data: 'x', method: 8, packed: after('x', 'more') },
      'Corrupt',
    ],
    [
      'two deflated streams in a row',
      { name: 'a', data: 'x', method: 8, packed: after('x', deflateRawSync('y')) },
      'Corrupt',
    ],
    [
      'an empty value that unpacks to something',
      { name: 'a', method: 8, packed: deflateRawSync('x') },
      'Corrupt',
    ],
    [
      'compressed bytes that end early',
      { name: 'a', data: 'x'.repeat(99), method: 8, packed: deflateRawSync('x'.repeat(99)).subarray(0, -2) },
      'Corrupt',
    ],
    ['a checksum that another value of this length has', { name: 'a', data: 'one', crc: 0 }, 'Corrupt'],
    [
      'a length of no bytes in its local header alone',
      { name: 'a', data: 'one', local: { size: 0 } },
      'Corrupt',
    ],
    [
      'a local zip64 field with other sizes',
      {
        name: 'a',
        data: 'one',
        local: { size: 0xffffffff, compressed: 0xffffffff, extra: field(1, u64(7, 7)) },
      },
      'Corrupt',
    ],
    [
      'a zip64 field although nothing is in it',
      { name: 'a', data: 'one', extra: field(1, u64(1, 2, 3)) },
      'one',
    ],
    [
      'a zip64 field that is cut, beside numbers that need none',
      { name: 'a', data: 'one', extra: field(1, u32(1)) },
      'one',
    ],
    [
      'an extra field that is longer than all of them',
      {
        name: 'a',
        data: 'one',
        extra: Buffer.concat([field(0x9999, u32(1)), Buffer.from([1, 0, 255, 255])]),
      },
      'one',
    ],
  ])('%s', async (_, entry, expected) => {
    expect(await outcome(entry)).toBe(expected)
  })

  it('a number that no file can have makes the archive Corrupt', async () => {
    const archive = craft([{ ...GOOD, zip64: ['size'] }])
    archive.writeUInt32LE(0xffffffff, archive.lastIndexOf(u64(4)) + 4)
    await expect(zip(archive).size()).rejects.toMatchObject({ code: 'Corrupt' })
  })
})

describe('what looks like an archive inside one', () => {
  const inner = craft([{ name: 'a', data: 'inner' }])

  it.each<[string, Crafted, CraftedEnd]>([
    ['in front, as a program that unpacks itself', { name: 'a', data: 'outer' }, { before: inner }],
    [
      'in front, with offsets from the beginning of the archive',
      { name: 'a', data: 'outer' },
      { before: inner, relative: true },
    ],
    ['in the comment, but for its end', { name: 'a', data: 'outer' }, { comment: inner.subarray(0, -4) }],
    ['in the comment of an entry', { name: 'a', data: 'outer', comment: inner }, {}],
    ['in an extra field', { name: 'a', data: 'outer', extra: field(0x9999, inner) }, {}],
  ])('%s, is not taken for it', async (_, entry, end) => {
    expect(await outcome(entry, end)).toBe('outer')
  })

  it('whole in the comment: no reader would agree with the next', async () => {
    await expect(zip(craft([GOOD], { comment: inner })).size()).rejects.toMatchObject({ code: 'Corrupt' })
  })

  it('is a value as any other, with descriptors that look like those of the archive', async () => {
    const data = Buffer.concat([u32(0x08074b50, 1, 2, 3), inner, u32(0x08074b50, 0, 0, 0)])
    for (const descriptor of [true, 'unsigned'] as const)
      for (const method of [0, 8]) {
        const store = zip(craft([{ name: 'a', data, method, descriptor }, GOOD]))
        expect(Buffer.from((await store.get('a')) ?? [])).toEqual(data)
      }
  })
})

it('names that only their bytes tell apart are different keys', async () => {
  const names = ['a', 'A', 'a\0', '\u00e9', 'e\u0301', 'a ', ' a', '\ufeffa', './a', 'a/.', '\u202ea']
  const store = zip(craft(names.map(name => ({ name, data: name }))))
  expect(await collect(store.keys())).toEqual(names)
  for (const name of names) expect(Buffer.from((await store.get(name)) ?? [])).toEqual(Buffer.from(name))
})

it('a unicode field that names another entry is refused as a second one of that name', async () => {
  const name = Buffer.from('x')
  const field7075 = field(0x7075, Buffer.concat([Buffer.from([1]), u32(crcOf(name)), Buffer.from('good')]))
  const store = zip(craft([{ name, data: 'bad', flags: 0, extra: field7075 }, GOOD]))
  await expect(store.get('good')).rejects.toMatchObject({ code: 'Corrupt' })
  expect(await store.has('x')).toBe(false)
})

it('of several values that are read together the error tells which one is damaged', async () => {
  const store = zip(craft([GOOD, { name: 'a', data: 'x', crc: 1 }]))
  await expect(collect(store.getMany(['good', 'a']))).rejects.toMatchObject({
    code: 'Corrupt',
    message: expect.stringContaining('a'),
  })
  await expect(collect(store.entries())).rejects.toMatchObject({
    message: expect.stringContaining('the entry "a"'),
  })
  expect(text(await store.get('good'))).toBe('good')
})

function after(data: string, more: string | Uint8Array): Buffer {
  return Buffer.concat([deflateRawSync(data), Buffer.from(more as Uint8Array)])
}

function crcOf(name: Buffer): number {
  return craft([{ name: 'n', data: name }]).readUInt32LE(14)
}
