import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { getWithStat, readRange, rename } from '@kvdol/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { createFiles } from '../src/files.ts'
import type { FilesOptions } from '../src/options.ts'
import { type CountedFs, countedFs } from './support/counted-fs.ts'
import { bytes, collect, temporaryFolder, text } from './support/helpers.ts'

/** What `statfs` gives as the types of ext4, and of NFS. */
const [EXT4, NFS] = [0xef53, 0x6969]

let root = ''
beforeEach(() => {
  root = temporaryFolder()
})

/** A store that has been written to, with nothing noted yet. */
async function opened(counted: CountedFs, options: FilesOptions = {}) {
  const store = createFiles(root, options, counted.port)
  await store.set('a', bytes('value'))
  await store.set('folder/a', bytes('value'))
  forget(counted)
  return store
}

function forget(counted: CountedFs): void {
  counted.turn()
  for (const list of [counted.held, counted.later]) list.length = 0
}

describe.each([{}, { keys: 'encoded' }, { order: 'utf8-bytes' }] as FilesOptions[])(
  'a distant medium, with %o',
  options => {
    it('never holds the event loop', async () => {
      const counted = countedFs(NFS)
      const store = createFiles(root, options, counted.port)
      for (const key of ['a', 'folder/b', 'new/deep/c']) {
        await store.set(key, bytes('value'))
        expect(text(await store.get(key))).toBe('value')
        const { stat } = (await getWithStat(store, key)) ?? {}
        expect(await store.stat(key)).toEqual(stat)
        await store.set(key, bytes('newer'), { ifMatch: stat?.etag as string })
        await store.set(`${key}2`, bytes('x'), { ifAbsent: true })
        expect(text(await readRange(store, key, { start: 1, end: 3 }))).toBe('ew')
        await rename(store, `${key}2`, `${key}3`)
        expect(await store.has(`${key}2`)).toBe(false)
        await store.delete(`${key}3`)
      }
      expect((await collect(store.keys())).length).toBeGreaterThanOrEqual(3)
      await store.delete('new/deep/c', { ifMatch: (await store.stat('new/deep/c'))?.etag as string })
      expect(await store.get('new/deep/c')).toBe(undefined)
      expect(counted.held).toEqual([])
    })
  },
)

describe('a distant medium', () => {
  // As many as `fs.promises` makes for the same; a write also sets a time and looks for other writers.
  it.each([
    ['get', 'a', ['open', 'fstat', 'readv', 'close']],
    ['get', 'folder/a', ['open', 'fstat', 'readv', 'close']],
    ['stat', 'a', ['lstat']],
    ['has', 'a', ['lstat']],
    ['stat', 'folder/a', ['open', 'fstat']],
  ] as const)('is called as little as possible by %s of %s', async (method, key, calls) => {
    const counted = countedFs(NFS)
    const store = await opened(counted)
    await store[method](key)
    expect(counted.later).toEqual(calls)
  })

  it('is called once for a folder of many files', async () => {
    const counted = countedFs(NFS)
    const store = await opened(counted)
    for (let index = 0; index < 400; index++) writeFileSync(path.join(root, 'folder', `f${index}`), 'x')
    expect(await collect(store.keys({ prefix: 'folder/' }))).toHaveLength(401)
    expect(counted.later).toEqual(['open', 'readdir'])
  })

  it('is called for a write as often as it takes', async () => {
    const counted = countedFs(NFS)
    const store = await opened(counted)
    await store.set('a', bytes('newer'))
    expect(counted.later).toEqual([
      'lstat',
      'lstat',
      'open',
      'fstat',
      'write',
      'futimes',
      'close',
      'rename',
      'lstat',
      'lstat',
    ])
    forget(counted)
    await store.delete('a')
    expect(counted.later).toEqual(['lstat', 'rename', 'lstat', 'lstat', 'unlink'])
  })
})

describe('a local medium', () => {
  it('is read without leaving the thread', async () => {
    const counted = countedFs(EXT4)
    const store = await opened(counted)
    for (const key of ['a', 'folder/a']) {
      expect(text(await store.get(key))).toBe('value')
      expect((await getWithStat(store, key))?.stat).toEqual(await store.stat(key))
      expect(await store.has(key)).toBe(true)
    }
    expect(await store.get('absent')).toBe(undefined)
    expect(counted.later).toEqual([])
  })

  it('is written without leaving the thread but for what changes names', async () => {
    const counted = countedFs(EXT4)
    const store = await opened(counted)
    await store.set('a', bytes('newer'))
    await store.delete('a')
    expect(counted.later).toEqual(['rename', 'rename', 'unlink'])
  })

  it('is read by the thread pool where a value is large', async () => {
    const counted = countedFs(EXT4)
    const store = await opened(counted)
    writeFileSync(path.join(root, 'large'), new Uint8Array(100_000))
    expect(await store.get('large')).toHaveLength(100_000)
    expect(counted.later).toEqual(['readv'])
    expect(counted.held).not.toContain('readSync')
  })

  it('gives each reader a value of its own', async () => {
    const store = await opened(countedFs(EXT4))
    const [one, other] = await Promise.all([store.get('a'), store.get('folder/a')])
    one?.fill(0)
    expect(text(other)).toBe('value')
    expect(other?.buffer.byteLength).toBe(5)
    expect(text(await store.get('a'))).toBe('value')
  })

  it('is listed at once where a folder is small, and by the thread pool where it is not', async () => {
    const counted = countedFs(EXT4)
    const store = await opened(counted)
    expect(await collect(store.keys({ prefix: 'folder/' }))).toEqual(['folder/a'])
    expect(counted.later).toEqual([])
    for (let index = 0; index < 1000; index++)
      writeFileSync(path.join(root, `folder/another-name-${index}`), '')
    forget(counted)
    expect(await collect(store.keys({ prefix: 'folder/' }))).toHaveLength(1001)
    expect(counted.held).not.toContain('readdirSync')
  })

  it('lets the event loop get to other work', async () => {
    const counted = countedFs(EXT4)
    const store = await opened(counted)
    counted.latency = 0.0501
    const reads = () => counted.held.filter(name => name === 'readSync').length
    // Five milliseconds of each turn; what has no place in one waits for the next.
    for (let turn = 1; turn <= 3; turn++) {
      while (reads() < turn * 25) await store.get('a')
      const waiting = store.get('a')
      await new Promise(setImmediate)
      expect(reads()).toBe(turn * 25)
      counted.turn()
      await waiting
    }
    expect(counted.later).toEqual([])
  })

  it('that turns slow holds the loop for five calls in turns of their own, and is left alone for longer each time', async () => {
    const counted = countedFs(EXT4)
    const store = await opened(counted)
    counted.latency = 5
    for (let index = 0; index < 20; index++) {
      counted.turn()
      await store.stat('a')
    }
    expect(counted.held).toHaveLength(5)
    /** Milliseconds until a call holds the loop again. */
    const pause = async () => {
      forget(counted)
      const began = counted.time
      for (; counted.held.length === 0; counted.turn()) {
        counted.time += 10
        await store.stat('a')
      }
      const paused = Math.round(counted.time - began - counted.latency)
      for (let index = 0; index < 20; index++) {
        counted.turn()
        await store.stat('a')
      }
      expect(counted.held).toHaveLength(5)
      return paused
    }
    const pauses: number[] = []
    for (let round = 0; round < 9; round++) pauses.push(await pause())
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000])
    counted.latency = 0.01
    counted.time += 20_000
    forget(counted)
    for (let index = 0; index < 20; index++) await store.get('a')
    expect(counted.later).toEqual([])
  })
})
