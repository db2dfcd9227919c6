import fs from 'node:fs'
import path from 'node:path'
import { createStore, memory, type Store } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { discard, type ForeignEntry, flush, zip } from '../src/index.ts'
import { craft } from './support/craft.ts'
import { bytes, collect, temporaryFolder, text } from './support/helpers.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a names function', () => {
  it.each([
    ['throws', () => raise()],
    ['gives no string', () => 1 as never],
    ['gives undefined', () => undefined],
  ])('that %s for one entry makes that entry foreign, and no other', async (_, bad) => {
    const names = (name: Uint8Array) => (name[0] === 0xff ? bad() : 'good')
    const archive = craft([
      { name: new Uint8Array([0xff]), flags: 0, data: '1' },
      { name: new Uint8Array([0xfe]), flags: 0, data: '2' },
      { name: 'plain', flags: 0, data: '3' },
    ])
    const told: ForeignEntry[] = []
    const store = zip(archive, { names, onForeign: entry => told.push(entry) })
    expect(await collect(store.keys())).toEqual(['good', 'plain'])
    expect(told).toEqual([{ name: 'ÿ', kind: 'name' }])
    expect(text(await store.get('good'))).toBe('2')
  })
})

function raise(): never {
  throw new RangeError('not in this table')
}

describe('autoFlush: false, when the archive cannot be written', () => {
  /** Lets no file be written until it is told otherwise. */
  function fullDisk(): () => void {
    const full = Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' })
    for (const name of ['write', 'writev'] as const)
      vi.spyOn(fs, name).mockImplementation(((...args: unknown[]) =>
        (args.at(-1) as (error: Error) => void)(full)) as never)
    for (const name of ['writeSync', 'writevSync'] as const)
      vi.spyOn(fs, name).mockImplementation(() => {
        throw full
      })
    return () => vi.restoreAllMocks()
  }

  /** A store of archives that can be full. */
  function place(): { inner: Store<string, Uint8Array>; state: { full: boolean } } {
    const state = { full: false }
    const values = memory()
    const inner = createStore({
      name: 'a place',
      get: async (key: string) => values.get(key),
      stat: async (key: string) => values.stat(key),
      keys: () => values.keys(),
      set: async (key: string, value: Uint8Array) => {
        if (state.full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
        await values.set(key, value)
      },
      delete: async (key: string) => void (await values.delete(key)),
    }) as unknown as Store<string, Uint8Array>
    return { inner, state }
  }

  it('close rejects, and all that was written can be read, and flushed later', async () => {
    const { inner, state } = place()
    const store = zip({ store: inner, key: 'a.zip' }, { autoFlush: false })
    await store.set('a', bytes('a'))
    state.full = true
    await expect(store.close()).rejects.toMatchObject({ name: 'StoreError' })
    await expect(store.close()).rejects.toMatchObject({ name: 'StoreError' })
    expect(text(await store.get('a'))).toBe('a')
    await store.set('b', bytes('b'))
    state.full = false
    await flush(store)
    await store.close()
    await expect(store.get('a')).rejects.toMatchObject({ code: 'Closed' })
    expect(await collect(zip({ store: inner, key: 'a.zip' }).keys())).toEqual(['a', 'b'])
  })
  it('can be told to forget it, and then closes', async () => {
    const { inner, state } = place()
    await zip({ store: inner, key: 'a.zip' }).set('old', bytes('old'))
    const store = zip({ store: inner, key: 'a.zip' }, { autoFlush: false })
    await store.set('a', bytes('a'))
    await store.delete('old')
    state.full = true
    await expect(store.close()).rejects.toMatchObject({ op: 'close' })
    await discard(store)
    expect(await collect(store.keys())).toEqual(['old'])
    await store.close()
    expect(await collect(zip({ store: inner, key: 'a.zip' }).keys())).toEqual(['old'])
  })
  it('the same for a file', async () => {
    const file = path.join(temporaryFolder(), 'a.zip')
    const store = zip(file, { autoFlush: false })
    await store.set('a', bytes('a'))
    const emptied = fullDisk()
    await expect(store.close()).rejects.toMatchObject({ code: 'OutOfSpace' })
    emptied()
    expect(text(await store.get('a'))).toBe('a')
    await store.close()
    expect(await collect(zip(file).keys())).toEqual(['a'])
  })
})

describe('writers of one archive in a store', () => {
  it.each([
    ['memory', () => memory()],
    ['files', () => files(temporaryFolder())],
  ])('in %s lose nothing, and none rejects', async (_, open) => {
    const place = open() as Store<string, Uint8Array>
    const writers = Array.from({ length: 3 }, () => zip({ store: place, key: 'a.zip' }))
    const results = await Promise.allSettled(
      writers.map(async (writer, who) => {
        for (let index = 0; index < 15; index++)
          await writer.set(`${who} ${index}`, bytes('x'.repeat(index * 50)))
      }),
    )
    expect(results.map(result => (result.status === 'rejected' ? String(result.reason) : 'ok'))).toEqual([
      'ok',
      'ok',
      'ok',
    ])
    expect(await zip({ store: place, key: 'a.zip' }).size()).toBe(45)
  })
})
