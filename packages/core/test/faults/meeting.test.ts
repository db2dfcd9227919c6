import { inspect } from 'node:util'
import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  filterKeys,
  json,
  jsonValues,
  mapKeys,
  mapValues,
  memory,
  pipe,
  type Reader,
  readOnly,
  type Store,
  template,
  text,
} from '../../src/index.ts'
import { cachedKeys } from '../../src/layers.ts'

describe('a store on the console', () => {
  const store = pipe(
    memory(),
    mapKeys(template('{year:int}.json')),
    cachedKeys(),
    mapValues(text()),
    mapValues(json()),
    readOnly,
  )

  it.each([inspect(store), String(store), `${store}`, JSON.parse(JSON.stringify({ store })).store])(
    'is one line of words: %s',
    told => {
      expect(told).toBe(
        'Reader(memory > mapKeys(template("{year:int}.json")) > cachedKeys > mapValues(text()) > mapValues(json()) > readOnly)',
      )
    },
  )
})

describe('methods taken off a store', () => {
  it('work', async () => {
    const { get, set, keys, entries, getMany, close } = memory()
    await set('a', bytes('1'))
    expect(await get('a')).toEqual(bytes('1'))
    expect(await collect(keys())).toEqual(['a'])
    expect(await collect(entries())).toHaveLength(1)
    expect(await collect(getMany(['a']))).toHaveLength(1)
    await close()
  })

  it('given to map, which adds an index, are refused with words', async () => {
    const store = memory()
    const [first] = ['a'].map(store.get as never) as Promise<unknown>[]
    expect((await rejection(first as Promise<unknown>)).message).toMatch(/options are an object, not 0/)
  })
})

describe('what is no store', () => {
  const wrong: [unknown, RegExp][] = [
    [new Map(), /fromMap\(map\)/],
    [Promise.resolve(memory()), /await/],
    [null, /null is no store/],
    [undefined, /undefined is no store/],
    [{}, /no store/],
    [memory, /calling it/],
  ]
  it.each(wrong)('%s is refused with the cure', (value, words) => {
    for (const use of [
      () => pipe(value as Store<string, Uint8Array>, mapKeys({ decode: k => k, encode: (k: string) => k })),
      () => readOnly(value as Store<string, Uint8Array>),
      () => pipe(value as Store<string, Uint8Array>, jsonValues()),
      () => pipe(value as Store<string, Uint8Array>, cachedKeys()),
    ])
      expect(use).toThrow(
        expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(words) }),
      )
  })
})

describe('options of a listing', () => {
  const store = memory({ order: 'utf8-bytes' })
  it.each([
    [{ limit: -1 }, /limit is a whole number from 0, or Infinity, not -1/],
    [{ limit: Number.NaN }, /not NaN/],
    [{ limit: 1.5 }, /not 1\.5/],
    [{ concurrency: 0 }, /not 0/],
    ['a', /\{ prefix: "a" \}/],
    [null, /not null/],
    [['a'], /a value of type Array/],
  ])('%j is refused by name', async (options, words) => {
    expect((await rejection(collect(store.entries(options as never)))).message).toMatch(words)
  })

  it('Infinity is no limit', async () => {
    await store.set('a', bytes('1'))
    expect(await collect(store.keys({ limit: Number.POSITIVE_INFINITY }))).toEqual(['a'])
    expect(await collect(store.values({ concurrency: Number.POSITIVE_INFINITY }))).toHaveLength(1)
  })
})

describe('the stack of an error', () => {
  const store = pipe(
    createStore({
      name: 'broken',
      get: async () => {
        throw new Error('no')
      },
      async *keys() {
        yield 'a'
        await Promise.resolve()
        throw new Error('no')
      },
      set: () => {
        throw new Error('no')
      },
      delete: () => {},
    }),
    mapKeys({ decode: k => k, encode: (k: string) => k }),
  ) as Store<string, Uint8Array>

  const CALLS: Record<string, (store: Store<string, Uint8Array>) => Promise<unknown>> = {
    async get(s) {
      await s.get('a')
    },
    async getOrThrow(s) {
      await s.getOrThrow('a')
    },
    async set(s) {
      await s.set('a', bytes('1'))
    },
    async refused(s) {
      await s.set('', bytes('1'))
    },
    async signal(s) {
      await s.get('a', { signal: new AbortController().signal })
    },
    async keys(s) {
      for await (const _ of s.keys());
    },
    async entries(s) {
      for await (const _ of s.entries());
    },
    async values(s) {
      for await (const _ of s.values());
    },
    async getMany(s) {
      for await (const _ of s.getMany(['a', 'b']));
    },
    async setMany(s) {
      await s.setMany([['a', bytes('1')]])
    },
  }

  it.each(Object.entries(CALLS))('%s: begins with the caller', async (name, call) => {
    const { stack = '' } = await rejection(call(store))
    const frames = stack.split('\n').filter(line => /^\s+at /.test(line) && !line.includes('node:internal'))
    expect(frames[0]).toMatch(new RegExp(`\\b${name}\\b.*meeting\\.test`))
  })
})

it('a filter keeps telling types apart', async () => {
  const reader: Reader<string, Uint8Array> = pipe(
    memory(),
    filterKeys(key => key !== 'x'),
  )
  expect(await reader.get('x')).toBeUndefined()
})

it('an aborted call is named as the web names it', async () => {
  const error = await rejection(memory().get('a', { signal: AbortSignal.abort('why') }))
  expect(error).toMatchObject({ name: 'AbortError', code: 'Aborted', cause: 'why' })
})
