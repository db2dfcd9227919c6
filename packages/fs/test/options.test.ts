import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { guarantees, readRange, rename, writeStream } from '@kvdol/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { type FilesOptions, files, folders, jsonFiles, quickStore, textFiles } from '../src/index.ts'
import { bytes, collect, sorted, temporaryFolder, text } from './support/helpers.ts'

let root = ''
beforeEach(() => {
  root = temporaryFolder()
})

it.each([
  [{ keys: 'both' }, /keys is 'plain' or 'encoded'/],
  [{ hidden: 1 }, /hidden is true or false/],
  [{ maxLevels: -1 }, /maxLevels/],
  [{ maxLevels: 1.5 }, /maxLevels/],
  [{ sync: true }, /sync/],
  [{ mode: 0o1777 }, /mode/],
  [{ remove: 'soft' }, /remove/],
  [{ pattern: '' }, /pattern/],
  [{ onForeign: {} }, /onForeign/],
  [{ recursive: true }, /no option "recursive"/],
])('%j is a TypeError before anything happens', (options, message) => {
  const missing = path.join(root, 'missing')
  expect(() => files(missing, options as FilesOptions)).toThrow(TypeError)
  expect(() => files(missing, options as FilesOptions)).toThrow(message)
  expect(existsSync(missing)).toBe(false)
})

it.each([['', 'a\0b', 1, undefined, null]].flat())('%j is no root', bad => {
  expect(() => files(bad as string)).toThrow(TypeError)
})

it.each(['~', '~/notes', '~\\notes'])('%j is not expanded, and no folder of that name is made', home => {
  expect(() => files(home)).toThrow(/os\.homedir\(\)/)
  expect(files('./~')).toBeDefined()
  expect(files('~notes')).toBeDefined()
})

it('takes a file: URL', async () => {
  await files(pathToFileURL(root)).set('a', bytes('x'))
  expect(readFileSync(path.join(root, 'a'), 'utf8')).toBe('x')
})

it('declares how durable writes are', () => {
  const durability = (sync?: FilesOptions['sync']) => guarantees(files(root, { sync })).durability
  expect([durability(), durability('none'), durability('data'), durability('full')]).toEqual([
    'crash',
    'crash',
    'crash',
    'power-loss',
  ])
})

describe.each(['plain', 'encoded'] as const)('%s keys', keys => {
  it('moves, streams and counts without reading', async () => {
    const store = files(root, { keys })
    await writeStream(store, 's', [bytes('ab'), bytes('cd')])
    expect(text(await readRange(store, 's', { start: 1, end: 3 }))).toBe('bc')
    await rename(store, 's', 't/u')
    expect(text(await store.get('t/u'))).toBe('abcd')
    await expect(rename(store, 's', 'x')).rejects.toMatchObject({ code: 'NotFound' })
    await store.set('v', bytes(''))
    await expect(rename(store, 'v', 't/u', { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
    await rename(store, 'v', 'w', { ifAbsent: true })
    expect(await sorted(store.keys())).toEqual(['t/u', 'w'])
    expect(await store.size()).toBe(2)
  })

  it('removes the folders that become empty, but never the root', async () => {
    const store = files(root, { keys })
    await store.set('a/b/c', bytes('x'))
    await store.set('a/d', bytes('x'))
    await store.delete('a/b/c')
    expect(readdirSync(root).filter(name => name !== '.kvdol')).toEqual(['a'])
    await rename(store, 'a/d', 'e')
    await store.delete('e')
    expect(readdirSync(root).filter(name => name !== '.kvdol')).toEqual([])
  })

  it('lists in the order of the bytes of the keys, from anywhere', async () => {
    const store = files(root, { keys, order: 'utf8-bytes' })
    const wanted = ['a0', 'b/a', 'b/c/d', 'b0', 't-/x', 't/x', 't0', '\uffff', '😀']
    if (keys === 'encoded') wanted.unshift('A', 'a', 'a/b')
    for (const [index, key] of wanted.toReversed().entries()) await store.set(key, bytes(String(index)))
    expect(await collect(store.keys())).toEqual(wanted)
    for (const [index, after] of wanted.entries())
      expect(await collect(store.keys({ after }))).toEqual(wanted.slice(index + 1))
    expect(await collect(store.keys({ after: 'b/b', prefix: 'b/' }))).toEqual(['b/c/d'])
  })
})

it('keeps the order where long names are cut', async () => {
  const store = files(root, { keys: 'encoded', order: 'utf8-bytes' })
  const long = 'p'.repeat(180)
  const wanted = [long, `${long}-x`, `${long}/a`, `${long}/b`, `${long}0/z`, `${long}z`]
  for (const key of wanted) await store.set(key, bytes(''))
  expect(await collect(store.keys())).toEqual(wanted)
  expect(await collect(store.keys({ after: `${long}/a` }))).toEqual(wanted.slice(3))
})

describe('the two ways of naming', () => {
  it('are never mixed in one folder', async () => {
    await files(root, { keys: 'encoded' }).set('a', bytes('x'))
    const plain = files(root, { hidden: true })
    for (const call of [
      () => plain.get('a'),
      () => plain.set('b', bytes('')),
      () => collect(plain.keys()),
      () => plain.size(),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'Incompatible' })
    expect(readdirSync(root).sort()).toEqual(['.kvdol', 'a='])
    const other = temporaryFolder()
    await files(other).set('a', bytes('x'))
    await expect(files(other, { keys: 'encoded' }).get('a')).rejects.toMatchObject({ code: 'Incompatible' })
    expect(readdirSync(other)).toEqual(['a'])
  })

  it('are told apart also when both stores were open before', async () => {
    const [plain, encoded] = [files(root), files(root, { keys: 'encoded' })]
    await collect(plain.keys())
    await collect(encoded.keys())
    await plain.set('a', bytes(''))
    await expect(encoded.set('a', bytes(''))).rejects.toMatchObject({ code: 'Incompatible' })
  })

  it.each(['{', '{"format":"kvdol-encoded-keys","version":2}', 'null'])(
    'a marker %s is not guessed at',
    async marker => {
      writeFileSync(path.join(root, '.kvdol'), marker)
      await expect(files(root, { keys: 'encoded' }).get('a')).rejects.toMatchObject({ code: 'Incompatible' })
    },
  )
})

describe('removing', () => {
  it('by a function that gets the absolute path', async () => {
    const removed: string[] = []
    const store = files(root, { remove: found => void removed.push(found) })
    await store.set('a/b', bytes('x'))
    await store.delete('a/b')
    await store.delete('missing')
    expect(removed).toEqual([path.join(root, 'a/b')])
  })

  it('into the trash says what to install when that is missing', async () => {
    const store = files(root, { remove: 'trash' })
    await store.set('a', bytes('x'))
    await expect(store.delete('a')).rejects.toMatchObject({
      code: 'Unsupported',
      message: /npm install trash/,
    })
    expect(await store.has('a')).toBe(true)
  })
})

describe('values in files', () => {
  it('text is strict both ways', async () => {
    const store = textFiles(root)
    await store.set('a.txt', 'héllo')
    expect(await store.get('a.txt')).toBe('héllo')
    await expect(store.set('a.txt', bytes('x') as never)).rejects.toMatchObject({ code: 'InvalidValue' })
    await expect(files(root).set('a.txt', 'x' as never)).rejects.toMatchObject({ code: 'InvalidValue' })
    expect(await store.get('a.txt')).toBe('héllo')
  })

  it('JSON is indented, with the extension or without', async () => {
    const store = jsonFiles<{ a: number }>(root)
    await store.set('x.json', { a: 1 })
    expect(readFileSync(path.join(root, 'x.json'), 'utf8')).toBe('{\n  "a": 1\n}')
    await files(root).set('other.txt', bytes('no JSON'))
    const bare = jsonFiles<{ a: number }>(root, { hideExtension: true })
    expect(await collect(bare.keys())).toEqual(['x'])
    expect(await bare.get('x')).toEqual({ a: 1 })
    await expect(store.get('other.txt')).rejects.toMatchObject({ code: 'Corrupt' })
  })
})

it('shows each folder as a store', async () => {
  await files(root).set('x/y.txt', bytes('1'))
  await files(root).set('x/deep/z.txt', bytes('2'))
  await files(root).set('top.txt', bytes('3'))
  mkdirSync(path.join(root, 'empty'))
  mkdirSync(path.join(root, '.hidden'))
  const all = folders(root)
  expect(await sorted(all.keys())).toEqual(['empty', 'x', 'x/deep'])
  expect(await sorted(folders(root, { maxLevels: 0 }).keys())).toEqual(['empty', 'x'])
  expect(await sorted((await all.getOrThrow('x')).keys())).toEqual(['deep/z.txt', 'y.txt'])
  expect(await collect((await all.getOrThrow('empty')).keys())).toEqual([])
  expect(await all.get('top.txt')).toBe(undefined)
  expect(await all.has('nope')).toBe(false)
  const texts = folders(root, { open: textFiles })
  expect(await (await texts.getOrThrow('x/deep')).get('z.txt')).toBe('2')
})

describe('quickStore', () => {
  it('keeps anything in a folder of its own, made by the first write', async () => {
    const store = quickStore<unknown>('app', { root: path.join(root, 'quick') })
    expect(store.root).toBe(path.join(root, 'quick'))
    expect(await collect(store.keys())).toEqual([])
    expect(existsSync(store.root)).toBe(false)
    const value = { at: new Date(0), tags: new Set(['a']) }
    await store.set('hello/world', value)
    expect(await store.get('hello/world')).toEqual(value)
  })

  it('finds the folder of the application by the conventions of the system', () => {
    const before = process.env.XDG_DATA_HOME
    process.env.XDG_DATA_HOME = root
    try {
      if (process.platform === 'linux')
        expect(quickStore('@me/App').root).toBe(path.join(root, '%40me/%41pp/kvdol-structured'))
      expect(quickStore('a').root).not.toBe(quickStore('a', { values: 'text' }).root)
    } finally {
      if (before === undefined) delete process.env.XDG_DATA_HOME
      else process.env.XDG_DATA_HOME = before
    }
    expect(() => quickStore('')).toThrow(TypeError)
    expect(() => quickStore('a', { values: 'xml' as never })).toThrow(TypeError)
  })
})
