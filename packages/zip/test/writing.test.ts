import { execFileSync } from 'node:child_process'
import fs, { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  clear,
  createStore,
  guarantees,
  memory,
  pipe,
  readOnly,
  readRange,
  readStream,
  type Store,
  StoreError,
  textValues,
  update,
  writeStream,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import { describe, expect, it } from 'vitest'
import { entryInfo, flush, zip } from '../src/index.ts'
import { craft, u32 } from './support/craft.ts'
import { bytes, collect, temporaryFolder, text } from './support/helpers.ts'

const newPath = () => path.join(temporaryFolder(), 'a.zip')
const textsOf = async (file: string) => (await collect(zip(file))).map(([key, value]) => [key, text(value)])

describe('a writable archive', () => {
  it('is empty and no file before the first write', async () => {
    const file = newPath()
    const store = zip(file)
    expect(await collect(store.keys())).toEqual([])
    expect(await store.get('a')).toBeUndefined()
    await store.delete('a')
    expect(existsSync(file)).toBe(false)
    await store.set('a', bytes('1'))
    await store.set('sub/b', bytes('2'))
    expect(await collect(store.keys())).toEqual(['a', 'sub/b'])
    expect(readdirSync(path.dirname(file))).toEqual(['a.zip'])
  })
  it('keeps the order of entries when one is replaced', async () => {
    const file = newPath()
    const store = pipe(zip(file), textValues())
    for (const key of ['b', 'a', 'c']) await store.set(key, key)
    await store.set('a', 'new')
    await store.delete('b')
    await store.set('d', 'd')
    expect(await textsOf(file)).toEqual([
      ['a', 'new'],
      ['c', 'c'],
      ['d', 'd'],
    ])
  })
  it('copies what stays without unpacking it', async () => {
    const place = memory()
    const entries = [
      { name: 'd/' },
      { name: 'bzip2', data: 'cannot be unpacked', method: 12, packed: bytes('opaque'), comment: 'stays' },
      { name: 'with descriptor', data: 'x'.repeat(50), method: 8, descriptor: true },
      { name: 'gone', data: 'gone' },
    ]
    await place.set('z', craft(entries, { comment: bytes('of all'), before: bytes('#!stub\n') }))
    const store = zip({ store: place, key: 'z' })
    await store.set('new', bytes('new'))
    await store.delete('gone')
    const after = Buffer.from((await place.get('z')) as Uint8Array)
    expect(after.subarray(0, 7).toString()).toBe('#!stub\n')
    expect(after.subarray(-6).toString()).toBe('of all')
    expect(after.includes('opaque') && !after.includes('gone')).toBe(true)
    expect(await entryInfo(store, 'bzip2')).toMatchObject({ method: 12, comment: 'stays' })
    expect(text(await store.get('with descriptor'))).toBe('x'.repeat(50))
    expect(await collect(store.keys())).toEqual(['bzip2', 'with descriptor', 'new'])
  })
  it('refuses a string and is not damaged by it', async () => {
    const file = newPath()
    await zip(file).set('a', bytes('a'))
    const before = readFileSync(file)
    await expect(zip(file).set('b', 'text' as never)).rejects.toMatchObject({
      code: 'InvalidValue',
      message: expect.stringContaining('textValues()'),
    })
    expect(readFileSync(file)).toEqual(before)
  })
  it('with overwrite: false keeps what is there', async () => {
    const file = newPath()
    const store = zip(file, { overwrite: false })
    await store.set('a', bytes('old'))
    await expect(store.set('a', bytes('new'))).rejects.toMatchObject({ code: 'Conflict' })
    await expect(
      store.setMany([
        ['b', bytes('b')],
        ['a', bytes('new')],
      ]),
    ).rejects.toMatchObject({ code: 'Conflict' })
    await expect(Promise.all([store.set('c', bytes('1')), store.set('c', bytes('2'))])).rejects.toMatchObject(
      { code: 'Conflict' },
    )
    expect(await textsOf(file)).toEqual([
      ['a', 'old'],
      ['c', '1'],
    ])
    await store.delete('a')
    await store.set('a', bytes('again'))
  })
  it('does not recreate an archive that is damaged, nor replace what is no archive', async () => {
    const file = newPath()
    for (const wrong of [bytes('precious notes'), new Uint8Array()]) {
      writeFileSync(file, wrong)
      await expect(zip(file).set('a', bytes('a'))).rejects.toMatchObject({ code: 'Corrupt' })
      expect(new Uint8Array(readFileSync(file))).toEqual(wrong)
    }
    const place = memory()
    const shared = craft([{ name: 'a', data: 'aa' }, { name: 'b', data: 'aa', sharedWith: 0 }, { name: 'c' }])
    await place.set('z', shared)
    await expect(zip({ store: place, key: 'z' }).set('d', bytes('d'))).rejects.toMatchObject({
      code: 'Corrupt',
    })
    expect(await place.get('z')).toEqual(new Uint8Array(shared))
  })
  it('refuses to grow over its limits, before it is touched', async () => {
    const file = newPath()
    const store = zip(file, { limits: { entries: 2, totalBytes: 10, entryBytes: 8 } })
    await store.set('a', new Uint8Array(5))
    await expect(store.set('b', new Uint8Array(9))).rejects.toMatchObject({ code: 'TooLarge' })
    await expect(store.set('b', new Uint8Array(6))).rejects.toMatchObject({ code: 'TooLarge' })
    await store.set('b', new Uint8Array(5))
    await expect(store.set('c', new Uint8Array())).rejects.toMatchObject({ code: 'TooLarge' })
    await store.set('a', new Uint8Array(4))
    expect(guarantees(store).maxValueBytes).toBe(8)
  })
  it('packs nothing so densely that it would be refused on reading', async () => {
    const file = newPath()
    const store = zip(file, { sync: 'none' })
    const zeros = new Uint8Array(20 * 1024 * 1024)
    await store.set('at once', zeros)
    await writeStream(store, 'by stream', [zeros])
    for (const key of ['at once', 'by stream']) expect((await store.get(key))?.length).toBe(zeros.length)
    expect((await entryInfo(store, 'by stream'))?.compressed).toBeLessThan(zeros.length / 10)
  })
  it('streams long values in with flat memory, and leaves no temporary file', async () => {
    const file = newPath()
    const store = zip(file, { sync: 'none', level: 0 })
    const noise = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * index * 7) >> 3))
    async function* long() {
      for (let part = 0; part < 1600; part++) {
        noise.writeUInt32LE(part, 0)
        yield new Uint8Array(noise)
      }
    }
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers)
    }, 5)
    await writeStream(store, 'long', long())
    clearInterval(timer)
    expect(most - before).toBeLessThan(64 * 1024 * 1024)
    expect((await store.stat('long'))?.size).toBe(1600 * 65_536)
    let length = 0
    for await (const chunk of (await readStream(store, 'long')) ?? []) length += chunk.byteLength
    expect(length).toBe(1600 * 65_536)
    expect(readdirSync(path.dirname(file))).toEqual(['a.zip'])
  })
  it('keeps the permissions of its file, and is reached over a link', async () => {
    const file = newPath()
    await zip(file).set('a', bytes('a'))
    fs.chmodSync(file, 0o640)
    const link = path.join(path.dirname(file), 'link.zip')
    symlinkSync(file, link)
    await zip(link).set('b', bytes('b'))
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true)
    expect(await collect(zip(file).keys())).toEqual(['a', 'b'])
  })
  it('makes the folders of its path', async () => {
    const file = path.join(temporaryFolder(), 'new/er/a.zip')
    await zip(file).set('a', bytes('a'))
    expect(existsSync(file)).toBe(true)
  })
  it('is emptied by clear, and is an archive still', async () => {
    const file = newPath()
    const store = zip(file)
    await store.setMany([
      ['a', bytes('a')],
      ['b', bytes('b')],
    ])
    await clear(store, { confirm: true })
    expect(readFileSync(file)).toHaveLength(22)
    expect(await store.size()).toBe(0)
  })
  it('takes entries past 65,535', async () => {
    const place = memory()
    const store = zip({ store: place, key: 'z' })
    await store.setMany(
      Array.from({ length: 65_600 }, (_, index) => [`${index}`, bytes(`${index}`)] as const),
    )
    expect(await zip((await place.get('z')) as Uint8Array).size()).toBe(65_600)
    expect(text(await store.get('65599'))).toBe('65599')
    await store.delete('0')
    expect(await store.size()).toBe(65_599)
  })
  it('replaces the archive once for all that is set at the same time', async () => {
    const file = newPath()
    const store = zip(file)
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.set(`${index}`, bytes(`${index}`))))
    const { ino } = statSync(file)
    await store.setMany(
      Array.from({ length: 50 }, (_, index) => [`more/${index}`, bytes(`${index}`)] as const),
    )
    expect(statSync(file).ino).not.toBe(ino)
    expect(await zip(file).size()).toBe(100)
  })
  it('does not keep others back when one is refused', async () => {
    const store = zip(newPath())
    await store.set('a', bytes('a'))
    const results = await Promise.allSettled([
      store.set('a', bytes('x'), { ifAbsent: true }),
      store.set('b', bytes('b')),
      store.delete('a', { ifMatch: 'stale' }),
      store.set('c', bytes('c'), { signal: AbortSignal.abort() }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'rejected'])
    expect(await collect(store.keys())).toEqual(['a', 'b'])
  })
  it('is read by unzip and Python, where they are', async ctx => {
    const file = newPath()
    const store = zip(file)
    const value = bytes('value '.repeat(100))
    await store.setMany([
      ['a', value],
      ['naïve/日本.txt', value],
      ['empty', new Uint8Array()],
    ])
    await writeStream(store, 'by stream', [value, value])
    await store.delete('a')
    if (!has('unzip', '-v') || !has('python3', '--version'))
      return ctx.skip('unzip and python3 are not installed')
    expect(execFileSync('unzip', ['-tq', file], { encoding: 'utf8' })).toContain('No errors')
    const names = execFileSync('python3', [
      '-c',
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); z.testzip() and exit(1); sys.stdout.buffer.write("|".join(z.namelist()).encode())',
      file,
    ])
    expect(names.toString()).toBe('naïve/日本.txt|empty|by stream')
  })
})

function has(program: string, argument: string): boolean {
  try {
    execFileSync(program, [argument], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('with autoFlush: false', () => {
  it('writes once, at flush or close, and shows what is written to itself', async () => {
    const file = newPath()
    const store = zip(file, { autoFlush: false })
    await store.set('a', bytes('a'.repeat(100)))
    await writeStream(store, 'b', [bytes('b'.repeat(3000))])
    await store.set('gone', bytes('x'))
    await store.delete('gone')
    expect(existsSync(file)).toBe(false)
    expect(text(await store.get('a'))).toBe('a'.repeat(100))
    expect(await entryInfo(store, 'b')).toMatchObject({ size: 3000, method: 'deflated' })
    expect(await collect(store.keys())).toEqual(['a', 'b'])
    await flush(store)
    expect(await collect(zip(file).keys())).toEqual(['a', 'b'])
    await store.set('c', bytes('c'))
    await store.delete('a')
    expect(await collect(store.keys())).toEqual(['b', 'c'])
    expect(await store.get('a')).toBeUndefined()
    await store.close()
    expect(await collect(zip(file).keys())).toEqual(['b', 'c'])
    await flush(zip(file))
  })
  it('takes no overwriting within the batch with overwrite: false', async () => {
    const file = newPath()
    await zip(file).set('old', bytes('old'))
    const store = zip(file, { autoFlush: false, overwrite: false })
    await store.set('a', bytes('a'))
    await expect(store.set('a', bytes('b'))).rejects.toMatchObject({ code: 'Conflict' })
    await expect(store.set('old', bytes('b'))).rejects.toMatchObject({ code: 'Conflict' })
    await store.delete('old')
    await store.set('old', bytes('new'))
    await store.close()
    expect(await textsOf(file)).toEqual([
      ['old', 'new'],
      ['a', 'a'],
    ])
  })
  it('keeps what could not be flushed', async () => {
    const place = memory()
    const store = zip({ store: place, key: 'z' }, { autoFlush: false })
    await store.set('a', bytes('a'))
    await place.set('z', bytes('no archive'))
    await expect(flush(store)).rejects.toMatchObject({ code: 'Corrupt', op: 'flush', store: 'zip' })
    await place.delete('z')
    await flush(store)
    expect(await collect(zip({ store: place, key: 'z' }).keys())).toEqual(['a'])
  })
})

describe('in a store', () => {
  it('two writers lose nothing', async () => {
    const folder = files(temporaryFolder())
    const stores = [1, 2, 3].map(() => zip({ store: folder, key: 'a.zip' }))
    await Promise.all(
      stores.flatMap((store, writer) =>
        Array.from({ length: 8 }, (_, index) => store.set(`${writer}/${index}`, bytes(`${writer}`))),
      ),
    )
    expect(await stores[0]?.size()).toBe(24)
    const counters = stores.map(store => pipe(store, textValues()))
    await Promise.all(
      counters.map(async store => {
        for (let step = 0; step < 8; step++)
          await update(store, 'n', value => `${Number(value ?? 0) + 1}`, { retries: 1000 })
      }),
    )
    expect(await counters[1]?.get('n')).toBe('24')
  })
  it('declares what the store below can keep', () => {
    const folder = files(temporaryFolder())
    expect(guarantees(zip({ store: folder, key: 'a' }))).toMatchObject({
      conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
      multiProcess: true,
      batchAtomic: true,
      durability: 'crash',
    })
    expect(guarantees(zip({ store: zip('x.zip', { autoFlush: false }), key: 'a' }))).toMatchObject({
      conditions: [],
      multiProcess: false,
    })
    expect(guarantees(zip('x.zip', { sync: 'full' })).durability).toBe('power-loss')
  })
  it('that can only be read, an archive can only be read', async () => {
    const place = memory()
    await place.set('z', craft([{ name: 'inner.zip', data: craft([{ name: 'a', data: 'a' }]) }]))
    for (const inner of [
      zip({ store: zip(craft([{ name: 'z' }])), key: 'z' }),
      zip({ store: readOnly(place), key: 'z' }),
    ]) {
      const store = inner as Store<string, Uint8Array>
      await expect(store.set('a', bytes('a'))).rejects.toMatchObject({ code: 'ReadOnly' })
    }
  })
  it('an archive in an archive', async () => {
    const file = newPath()
    const outer = zip(file)
    const inner = zip({ store: outer, key: 'inner.zip' })
    await inner.set('a', bytes('deep'))
    await outer.set('b', bytes('b'))
    expect(text(await zip({ store: zip(file), key: 'inner.zip' }).get('a'))).toBe('deep')
  })
  it('rejects Conflict in the end when somebody else is faster again and again', async () => {
    let version = 0
    const busy = createStore({
      name: 'busy',
      guarantees: { conditions: ['ifAbsent', 'ifMatch'] },
      get: () => undefined,
      stat: () => undefined,
      keys: () => [],
      set() {
        version++
        throw new StoreError('Conflict', 'somebody was faster')
      },
      delete() {},
    })
    await expect(zip({ store: busy, key: 'z' }).set('a', bytes('a'))).rejects.toMatchObject({
      code: 'Conflict',
      key: 'a',
    })
    expect(version).toBe(100)
  })
  it('replaces under its reader without losing a range', async () => {
    const place = memory()
    const store = zip({ store: place, key: 'z' })
    const value = (round: number) => new Uint8Array(100_000).fill(round)
    await store.set('a', value(0))
    let writing = true
    const reader = (async () => {
      while (writing) {
        const range = (await readRange(store, 'a', { start: 10, end: 90_000 })) as Uint8Array
        expect(range.every(byte => byte === range[0])).toBe(true)
        await new Promise(setImmediate)
      }
    })()
    for (let round = 1; round < 30; round++) await zip({ store: place, key: 'z' }).set('a', value(round))
    writing = false
    await reader
  })
})

it('an entry whose place moves over 4 GiB gets zip64 numbers', async () => {
  // The record is made as if everything before it were that long.
  const { encodeMoved } = await import('../src/format/encode.ts')
  const { parseDirectory } = await import('../src/format/directory.ts')
  const central = craft([{ name: 'a', data: 'a' }]).subarray(32, -22)
  const rules = {
    names: 'cp437',
    unsafe: 'keep',
    duplicates: 'refuse',
    limits: { entries: 9, totalBytes: 9 },
  } as const
  const end = {
    directory: 2 ** 40,
    length: 47,
    count: 1,
    base: 0,
    shortCount: true,
    comment: Buffer.alloc(0),
  }
  const entry = (await parseDirectory(central, end, rules)).entries[0]
  const moved = encodeMoved(entry as never, 2 ** 33 + 5)
  expect(moved.indexOf(u32(0xffffffff))).toBe(42)
  const again = (await parseDirectory(moved, { ...end, length: moved.length }, rules)).entries[0]
  expect(again).toMatchObject({ name: 'a', offset: 2 ** 33 + 5, size: 1, compressed: 1 })
})
