import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  at,
  children,
  clear,
  createStore,
  fromMap,
  guarantees,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  prefix,
  type Reader,
  rename,
  type Store,
  StoreError,
  writeStream,
} from '../src/index.ts'
import { layer } from '../src/layers.ts'
import { METHOD_NAMES, METHODS } from '../src/methods.ts'
import { promising } from './layers/support/promising.ts'

/** A store whose driver notes which of its methods are called, and has all of them. */
function spied() {
  const calls: string[] = []
  const base = memory()
  const note =
    <A extends unknown[], R>(name: string, work: (...args: A) => R) =>
    (...args: A): R => {
      calls.push(name)
      return work(...args)
    }
  const store = createStore({
    name: 'spied',
    guarantees: { batchAtomic: true },
    get: note('get', key => base.get(key)),
    keys: note('keys', () => base.keys()),
    has: note('has', key => base.has(key)),
    stat: note('stat', key => base.stat(key)),
    getMany: note('getMany', keys => Promise.all(keys.map(key => base.get(key)))),
    entryPages: note('entryPages', async function* () {
      for await (const entry of base.entries()) yield [entry]
    }),
    set: note('set', (key, value) => base.set(key, value)),
    setMany: note('setMany', entries => base.setMany(entries)),
    delete: note('delete', key => base.delete(key)),
    deleteMany: note('deleteMany', keys => base.deleteMany(keys)),
  })
  return { store, calls }
}

describe('a layer', () => {
  it('that changes get drops every way around it', async () => {
    const { store, calls } = spied()
    await store.set('a', bytes('1'))
    const shouting = layer(store, 'shouting', { get: async key => (await store.get(key)) && bytes('!') })
    calls.length = 0
    expect(await collect(shouting.entries())).toEqual([['a', bytes('!')]])
    expect(await collect(shouting.getMany(['a']))).toEqual([['a', bytes('!')]])
    expect(await shouting.stat('a')).toEqual({ size: 1 })
    expect(await shouting.has('a')).toBe(true)
    expect(new Set(calls)).toEqual(new Set(['get', 'keys']))
  })

  it('that changes set drops batches, and their atomicity, but not deletes', async () => {
    const { store, calls } = spied()
    const counted = layer(store, 'counted', { set: (key, value) => store.set(key, value) })
    expect(guarantees(counted).batchAtomic).toBe(false)
    await counted.setMany([['a', bytes('1')]])
    await counted.deleteMany(['a'])
    expect(calls).toEqual(['set', 'deleteMany'])
  })

  it('keeps what is said to agree', async () => {
    const { store, calls } = spied()
    const same = layer(store, 'same', { get: key => store.get(key), has: 'below' })
    await same.has('a')
    expect(calls).toEqual(['has'])
  })

  it('that changes nothing has every method of the store', async () => {
    const { store, calls } = spied()
    const same = layer(store, 'same', {}) as Store<string, Uint8Array>
    await same.setMany([['a', bytes('1')]])
    await collect(same.getMany(['a']))
    await collect(same.entries())
    expect(calls).toEqual(['setMany', 'getMany', 'entryPages'])
  })

  it('may list in pages alone', async () => {
    const listed = layer(memory(), 'listed', {
      get: () => bytes('1'),
      async *keyPages() {
        yield ['a', 'b']
      },
    })
    expect(await collect(listed.keys())).toEqual(['a', 'b'])
    expect(await listed.size()).toBe(2)
    const twice = layer(memory(), 'twice', { keys: () => ['a', 'b', 'a'] })
    expect(await collect(twice.keys())).toEqual(['a', 'b'])
  })

  it('over a reader is a reader, whatever it brings', async () => {
    const reader: Reader<string, string> = createStore<string, string>({
      name: 'reader',
      valueType: 'any',
      get: () => 'v',
      keys: () => ['k'],
    })
    const layered = layer(reader, 'writing', { set: () => {} }) as Store<string, string>
    expect(await rejection(layered.set('k', 'v'))).toMatchObject({ code: 'ReadOnly' })
  })

  it('refuses a method that drivers do not have', () => {
    expect(() => layer(fromMap(), 'odd', { gte: () => {} } as never)).toThrow(
      'layer: drivers have no method "gte"; there are get, keys, set, delete, has',
    )
  })
})

describe('what a layer says of itself', () => {
  it('is what the store below says, but for what it changes', async () => {
    const below = promising({
      order: 'utf8-bytes',
      reverse: true,
      batchAtomic: true,
      maxKeyBytes: 20,
      atomicOverwrite: false,
    })
    expect(guarantees(layer(below, 'same', {}))).toEqual(guarantees(below))
    expect(guarantees(layer(below, 'named', { has: () => true }))).toMatchObject({
      reverse: true,
      batchAtomic: true,
    })
    expect(guarantees(layer(below, 'setting', { set: () => {} })).batchAtomic).toBe(false)
    const keys = () => ['a']
    for (const listing of [
      { keys },
      { keyPages: async function* () {} as never },
      { entryPages: async function* () {} as never },
    ])
      expect(guarantees(layer(below, 'listing', listing)).reverse).toBe(false)
    expect(guarantees(layer(below, 'lowered', {}, { maxKeyBytes: 5 })).maxKeyBytes).toBe(5)
    expect(await rejection(layer(below, 'long', {}).get('x'.repeat(2000)))).toMatchObject({
      store: 'long over promising',
    })
  })

  it('takes the keys and values that the store below takes', async () => {
    const map = layer(fromMap<unknown, unknown>(), 'same', {})
    await map.set(1, { any: true })
    expect(await map.get(1)).toEqual({ any: true })
    const strings = layer(memory(), 'same', {})
    expect(await rejection(strings.get(1 as never))).toMatchObject({ code: 'InvalidKey' })
    expect(await rejection(strings.set('a', 'text' as never))).toMatchObject({ code: 'InvalidValue' })
    const texts = layer(pipe(memory(), jsonValues()), 'same', {})
    await texts.set('a', { any: true })
    expect(await texts.get('a')).toEqual({ any: true })
    const any = layer(memory(), 'any', { keyType: 'any', get: async () => bytes('1') } as never)
    expect(await any.get(5 as never)).toEqual(bytes('1'))
    const numbered = pipe(
      fromMap<number, string>(),
      mapKeys({ keys: 'string', decode: (key: number) => `${key}`, encode: (key: string) => Number(key) }),
    )
    expect(await rejection(layer(numbered, 'strings', {}).get(5 as never))).toMatchObject({
      code: 'InvalidKey',
    })
  })

  it('is the root of something shared where the store below is, and no prefix lies between', async () => {
    const root = promising({}, { sharedRoot: true })
    expect(await rejection(clear(layer(root, 'same', {}), { confirm: true }))).toMatchObject({
      code: 'Unsupported',
    })
    await clear(layer(at(root, 'mine/'), 'same', {}), { confirm: true })
    await clear(layer(memory(), 'same', {}), { confirm: true })
  })

  it('has the write options of the store below as long as writing stays, else its own', async () => {
    const typed = { contentType: 'text/plain' } as never
    const below = memory()
    await layer(below, 'same', {}).set('a', bytes('1'), typed)
    expect((await below.stat('a'))?.contentType).toBe('text/plain')
    await layer(below, 'reading', { get: async () => bytes('2') }).set('b', bytes('1'), typed)
    const setting = layer(below, 'setting', { set: (key, value) => below.set(key, value) })
    await rejection(setting.set('c', bytes('1'), typed))
    const streaming = layer(below, 'streaming', { writeStream: async () => {} })
    await rejection(writeStream(streaming, 'c', [bytes('1')], typed))
    await rejection(streaming.set('c', bytes('1'), typed))
    expect(await below.has('c')).toBe(false)
    const own = layer(below, 'own', {
      set: (key, value, options) => below.set(key, value, options),
      writeOptions: ['contentType'],
    })
    await own.set('c', bytes('1'), typed)
    expect((await below.stat('c'))?.contentType).toBe('text/plain')
  })

  it('derives what follows from what it changes, and keeps the rest', async () => {
    const { store, calls } = spied()
    await store.set('a', bytes('1'))
    calls.length = 0
    const listing = layer(store, 'listing', { keys: () => ['a', 'b'] })
    expect(await collect(listing.keys())).toEqual(['a', 'b'])
    expect(await listing.size()).toBe(2)
    expect((await collect(listing.entries())).map(([key]) => key)).toEqual(['a'])
    expect(calls).not.toContain('entryPages')
    const paged = layer(store, 'paged', {
      async *keyPages() {
        yield ['a']
      },
    })
    calls.length = 0
    expect((await collect(paged.entries())).map(([key]) => key)).toEqual(['a'])
    expect(calls).not.toContain('keys')
    expect(calls).not.toContain('entryPages')
    const derived = layer(store, 'derived', { has: 'derived', getMany: 'derived' })
    calls.length = 0
    expect(await derived.has('a')).toBe(true)
    await collect(derived.getMany(['a']))
    expect(calls).not.toContain('has')
    expect(calls).not.toContain('getMany')
    await rename(derived, 'a', 'b')
    expect(await store.has('b')).toBe(true)
    const prefixed = layer(pipe(memory(), mapKeys(prefix('p/'))), 'same', {})
    await prefixed.set('x', bytes('1'))
    expect(await collect(prefixed.keys())).toEqual(['x'])
  })

  it('hands on what the store below is asked and what it fails with', async () => {
    const asked: unknown[] = []
    const below = createStore({
      name: 'failing',
      get: () => bytes('1'),
      keys: () => [],
      set: () => {},
      delete: () => {},
      async *children(options) {
        asked.push(options)
        yield [{ key: 'p/a' }]
      },
      rename: () => Promise.reject(new StoreError('Unavailable', 'busy')),
    })
    const same = layer(below, 'same', {})
    const { signal } = new AbortController()
    expect(await collect(children(same, 'p/', { signal }))).toEqual([{ key: 'p/a' }])
    expect(asked).toEqual([{ prefix: 'p/', signal: expect.any(AbortSignal) }])
    expect(await rejection(rename(same, 'a', 'b'))).toMatchObject({ code: 'Unavailable', op: 'rename' })
  })

  it('releases what it holds, once, before the store below is closed', async () => {
    const closed: string[] = []
    const below = memory()
    const holding = layer(below, 'holding', {
      close: async () => {
        closed.push((await below.has('a')) ? 'open' : 'still open')
      },
    })
    await Promise.all([holding.close(), holding.close()])
    expect(closed).toEqual(['still open'])
    expect(await rejection(below.get('a'))).toMatchObject({ code: 'Closed' })
  })
})

it('what a method must agree with is a method too', () => {
  for (const method of METHOD_NAMES)
    for (const from of METHODS[method].from) expect(METHOD_NAMES).toContain(from)
})
