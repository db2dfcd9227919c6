import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { withService } from '@kvdol/services'
import { describe, expect, it } from 'vitest'
import { entryInfo, zip } from '../src/index.ts'
import { type Crafted, type CraftedEnd, craft, field, u16, u32, u64 } from './support/craft.ts'
import { bytes, collect, temporaryFolder, text } from './support/helpers.ts'

/** What an archive may be of: the entry that is looked at, under two others. */
interface Case {
  readonly entry: Partial<Crafted>
  readonly end?: CraftedEnd
}

const DATA = 'some words, and the same words, and the same words again'
const unix = (mode: number) => ({ madeBy: (3 << 8) | 30, attributes: (mode << 16) >>> 0 })
const timestamp = field(0x5455, Buffer.concat([Buffer.from([1]), u32(1_700_000_001)]))
const ntfs = field(
  0x000a,
  Buffer.concat([u32(0), u16(1, 24), u64(...[0, 0, 0].map(() => 133_444_736_010_000_000))]),
)
const owner = field(0x7875, Buffer.concat([Buffer.from([1, 4]), u32(1000), Buffer.from([4]), u32(1000)]))
const raw = Buffer.from([0x81, 0x2e, 0x74])
const unicodePath = field(0x7075, Buffer.concat([Buffer.from([1]), u32(crc32(raw)), Buffer.from('ü.t')]))

const NUMBERS = ['size', 'compressed', 'offset', 'disk'] as const

/** Everything that headers can say, by name. */
const CASES: Record<string, Case> = {
  'as it is': { entry: {} },
  'no value': { entry: { data: '' } },
  'a comment of the archive': { entry: {}, end: { comment: Buffer.from('for all') } },
  'a comment': { entry: { comment: 'for one' } },
  'a name in UTF-8': { entry: { name: '日本.txt' } },
  'a name in code page 437': { entry: { name: Buffer.from([0x81, 0x2e, 0x74]), flags: 0 } },
  'a unicode path': { entry: { name: raw, flags: 0, extra: unicodePath, local: { extra: unicodePath } } },
  'zip64 records at the end': { entry: {}, end: { zip64: {} } },
  'a program before it': { entry: {}, end: { before: Buffer.from('#!/bin/sh\n'), relative: true } },
  'times of Unix': { entry: { extra: timestamp, local: { extra: timestamp } } },
  'times of Windows': { entry: { extra: ntfs, local: { extra: ntfs } } },
  'an owner': { entry: { extra: owner, local: { extra: owner } } },
  'a longer local header': {
    entry: { local: { extra: Buffer.concat([timestamp, owner, field(0xcafe, Buffer.alloc(99))]) } },
  },
  'an unknown field': { entry: { extra: field(0xcafe, Buffer.alloc(9)) } },
  ...each('made by system', [0, 3, 7, 10, 11, 14, 19], system => ({ entry: { madeBy: (system << 8) | 20 } })),
  ...each('mode', [0o100644, 0o100755, 0o104711, 0o010600, 0o140755, 0o060660, 0o000644, 0], mode => ({
    entry: unix(mode),
  })),
  ...each('time', [0, 0x21, 0x5b3c_7a3d, 0xff9f_bf7d], time => ({ entry: { time } })),
  ...combined(),
}

function each<T>(what: string, values: readonly T[], make: (value: T) => Case): Record<string, Case> {
  return Object.fromEntries(
    values.map(value => [`${what} ${typeof value === 'number' ? value.toString(8) : value}`, make(value)]),
  )
}

/** Methods, descriptors, and every combination of numbers that a zip64 field holds. */
function combined(): Record<string, Case> {
  const found: Record<string, Case> = {}
  for (const method of [0, 8])
    for (const descriptor of [false, true, 'unsigned'] as const)
      for (let set = 0; set < 16; set++) {
        const zip64 = NUMBERS.filter((_, bit) => (set >> bit) & 1)
        const localZip64 = zip64.includes('size') && zip64.includes('compressed')
        const name = `method ${method}, descriptor ${descriptor}, zip64 of ${zip64.join(' ') || 'nothing'}`
        // Descriptors after what is not compressed end nowhere for readers that begin at the front.
        found[name] = { entry: { method, descriptor, zip64, localZip64 } }
      }
  return found
}

/** The archive of a case, as another program may have made it. */
function archiveOf({ entry, end = {} }: Case): Buffer {
  const its = { name: 'its', data: DATA, method: 8, ...entry }
  return craft(
    [{ name: 'first', data: '1' }, { name: 'folder/', attributes: 0x10 }, its, { name: 'last', data: '2' }],
    end,
  )
}

type Look = (file: string) => ReadonlyMap<string, number>

/** How other programs see an archive: the checksums of the values by name, all of them checked. */
const PROGRAMS: Record<'infozip' | 'sevenzip' | 'python', (program: string) => Look> = {
  infozip: program => file => {
    execFileSync(program, ['-tqq', file], { stdio: 'pipe' })
    const table = execFileSync(program, ['-v', file], { encoding: 'utf8', stdio: 'pipe' })
    const rows = table.split('\n').flatMap(line => {
      const [, crc, name] = /%\s+\S+\s+\S+\s+([0-9a-f]{8})\s+(.*)$/.exec(line) ?? []
      return crc === undefined || name === undefined || name.endsWith('/')
        ? []
        : [[name, Number.parseInt(crc, 16)] as const]
    })
    return new Map(rows)
  },
  sevenzip: program => file => {
    execFileSync(program, ['t', file], { stdio: 'pipe' })
    const list = execFileSync(program, ['l', '-slt', '-sccUTF-8', file], { encoding: 'utf8', stdio: 'pipe' })
    const rows = list.split('\n\n').flatMap(block => {
      const told = Object.fromEntries(block.split('\n').map(line => line.split(' = ', 2)))
      if (told.Folder !== '-' || told.Path === undefined) return []
      return [[told.Path as string, Number.parseInt(told.CRC || '0', 16)] as const]
    })
    return new Map(rows)
  },
  python: program => file => {
    const script =
      'import sys,zipfile,json\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(json.dumps([[i.filename,i.CRC] for i in z.infolist() if not i.is_dir()]))'
    return new Map(
      JSON.parse(execFileSync(program, ['-c', script, file], { encoding: 'utf8', stdio: 'pipe' })),
    )
  },
}

async function contentsOf(file: string): Promise<Map<string, string | undefined>> {
  const store = zip(file)
  const keys = await collect(store.keys())
  return new Map(await Promise.all(keys.map(async key => [key, text(await store.get(key))] as const)))
}

/** Checksums, in the order of the archive. */
function checksums(contents: ReadonlyMap<string, string | undefined>): number[] {
  return Array.from(contents.values(), value => crc32(bytes(value ?? '')))
}

/** What a store may do to an archive. */
const CHANGES: Record<string, (file: string, its: string) => Promise<void>> = {
  'a new value': file => zip(file).set('new', bytes('new')),
  'another value over it': (file, its) => zip(file).set(its, bytes('other')),
  'without the first': file => zip(file).delete('first'),
  'without it': (file, its) => zip(file).delete(its),
}

describe('what headers can say', () => {
  it.each(Object.entries(CASES))('%s: is read, and stays when the archive is rewritten', async (_, each) => {
    const file = path.join(temporaryFolder(), 'a.zip')
    writeFileSync(file, archiveOf(each))
    const before = await contentsOf(file)
    const its = [...before.keys()][1] as string
    expect([...before.values()]).toEqual(['1', each.entry.data ?? DATA, '2'])
    const info = await entryInfo(zip(file), its)
    for (const change of Object.values(CHANGES)) {
      writeFileSync(file, archiveOf(each))
      await change(file, its)
      const after = await contentsOf(file)
      for (const [key, value] of before)
        if (after.get(key) !== 'other' && after.has(key)) expect(after.get(key)).toBe(value)
      if (after.get(its) === before.get(its)) expect(await entryInfo(zip(file), its)).toEqual(info)
      const { end = {} } = each
      if (end.comment !== undefined)
        expect(readFileSync(file).subarray(-end.comment.length)).toEqual(end.comment)
      if (end.before !== undefined)
        expect(readFileSync(file).subarray(0, end.before.length)).toEqual(Buffer.from(end.before))
    }
  })
})

/** Archives for other programs: all entries in one, as starting a program takes longer than reading an archive. */
function archives(): [string, Buffer][] {
  const entries = Object.values(CASES).map(({ entry }, index) => {
    const data = `${index} ${entry.data ?? DATA}`
    return { method: 8, ...entry, name: entry.name ?? `entry ${index}`, data }
  })
  const distinct = entries.filter(
    ({ name }, index) => entries.findIndex(other => String(other.name) === String(name)) === index,
  )
  return [
    ['all that entries can say', craft([{ name: 'folder/', attributes: 0x10 }, ...distinct])],
    ['the same, backwards', craft(distinct.toReversed())],
    ...Object.entries(CASES)
      .filter(([, { end }]) => end !== undefined)
      .map(([name, each]): [string, Buffer] => [name, archiveOf(each)]),
  ]
}

/** What a store may do to many entries of an archive. */
const MANY: Record<string, (file: string, keys: readonly string[]) => Promise<void>> = {
  'nothing but a new value': file => zip(file).set('new', bytes('new')),
  'every third value anew': (file, keys) =>
    zip(file).setMany(keys.filter((_, index) => index % 3 === 0).map(key => [key, bytes(`other ${key}`)])),
  'every third value away': (file, keys) => zip(file).deleteMany(keys.filter((_, index) => index % 3 === 1)),
}

for (const name of ['infozip', 'sevenzip', 'python'] as const)
  await withService(name, program => {
    const look = PROGRAMS[name](program)
    const cases = archives().flatMap(([what, archive]) =>
      Object.entries(MANY).map(([change, make]) => [what, change, archive, make] as const),
    )

    it.each(cases)(`${name} reads %s, rewritten with %s`, async (_, __, archive, change) => {
      const file = path.join(temporaryFolder(), 'a.zip')
      writeFileSync(file, archive)
      await change(file, await collect(zip(file).keys()))
      expect([...look(file).values()]).toEqual(checksums(await contentsOf(file)))
    })
  })

describe('a value over an old one', () => {
  const central = (file: string, name: string) => {
    const whole = readFileSync(file)
    const at = whole.lastIndexOf(Buffer.from(`PK\x01\x02`, 'latin1'), whole.lastIndexOf(name))
    return {
      madeBy: whole.readUInt16LE(at + 4),
      attributes: whole.readUInt32LE(at + 38),
      flags: whole.readUInt16LE(at + 8),
    }
  }

  it('keeps mode, owner and comment', async () => {
    const file = path.join(temporaryFolder(), 'a.zip')
    writeFileSync(
      file,
      craft([{ name: 'run', data: 'old', extra: owner, comment: 'how to run', ...unix(0o100755) }]),
    )
    await zip(file).set('run', bytes('new'))
    expect(central(file, 'run')).toMatchObject(unix(0o100755))
    expect(readFileSync(file).includes(owner)).toBe(true)
    expect(await entryInfo(zip(file), 'run')).toMatchObject({ comment: 'how to run', size: 3 })
    await zip(file, { autoFlush: false }).set('run', bytes('newer'))
    await zip(file).setMany([['run', bytes('newest')]])
    expect(central(file, 'run')).toMatchObject(unix(0o100755))
  })
  it('is a regular file, whatever the old one was', async () => {
    const file = path.join(temporaryFolder(), 'a.zip')
    writeFileSync(file, craft([{ name: '-', data: 'hello\n', ...unix(0o010600) }]))
    expect(text(await zip(file).get('-'))).toBe('hello\n')
    await zip(file).set('-', new Uint8Array())
    expect(central(file, '-')).toMatchObject(unix(0o100600))
    expect(await zip(file).size()).toBe(1)
  })
  it('writes an old comment in UTF-8', async () => {
    const file = path.join(temporaryFolder(), 'a.zip')
    writeFileSync(file, craft([{ name: 'a', data: 'old', flags: 0, comment: new Uint8Array([0x81]) }]))
    expect((await entryInfo(zip(file), 'a'))?.comment).toBe('ü')
    await zip(file).set('a', bytes('new'))
    expect((await entryInfo(zip(file), 'a'))?.comment).toBe('ü')
    expect(central(file, 'a').flags).toBe(0x800)
  })
  it('keeps nothing where the same values make the same bytes', async () => {
    const file = path.join(temporaryFolder(), 'a.zip')
    writeFileSync(file, craft([{ name: 'a', data: 'old', comment: 'gone', ...unix(0o100755) }]))
    await zip(file, { deterministic: true }).set('a', bytes('new'))
    expect((await entryInfo(zip(file), 'a'))?.comment).toBe('')
  })
})
