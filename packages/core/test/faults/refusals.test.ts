import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  clear,
  createStore,
  type Driver,
  decodeValues,
  jsonValues,
  type ListingDriver,
  mapKeys,
  mapValues,
  memory,
  pipe,
  readOnly,
  rename,
  type Store,
  template,
  watch,
  writeStream,
} from '../../src/index.ts'

/** A driver that notes every call, and has no conditions. */
function spied() {
  const calls: string[] = []
  const note =
    <T>(name: string, answer: T) =>
    () => {
      calls.push(name)
      return answer
    }
  const store = createStore({
    name: 'spied',
    sharedRoot: true,
    get: note('get', undefined),
    keys: note('keys', []),
    set: note('set', undefined),
    delete: note('delete', undefined),
  })
  return { store, calls }
}

type Case = [
  name: string,
  code: string,
  spoil: (s: Store<string, Uint8Array>) => Store<string, Uint8Array>,
  key: unknown,
  value: unknown,
  options: object,
]

// Each line has one fault less than the line before.
const illegal = { ifAbsent: 'yes' }
const unsupported = { ifAbsent: true }
const CASES: Case[] = [
  ['aborted', 'Aborted', s => readOnly(s) as never, '', 1, { ...illegal, signal: AbortSignal.abort() }],
  ['illegal option', 'InvalidArgument', s => readOnly(s) as never, '', 1, illegal],
  ['illegal key', 'InvalidKey', s => readOnly(s) as never, '', 1, unsupported],
  ['read-only', 'ReadOnly', s => readOnly(s) as never, 'k', 1, unsupported],
  ['unsupported option', 'Unsupported', s => s, 'k', 1, unsupported],
  ['illegal value', 'InvalidValue', s => s, 'k', 1, {}],
]

describe('the order of refusals', () => {
  it.each(CASES)('%s', async (_, code, spoil, key, value, options) => {
    const { store, calls } = spied()
    expect(await rejection(spoil(store).set(key as string, value as Uint8Array, options))).toMatchObject({
      code,
    })
    expect(calls).toEqual([])
  })

  it('closed comes before all', async () => {
    const { store, calls } = spied()
    await store.close()
    expect(await rejection(store.set('', 1 as never, illegal as never))).toMatchObject({ code: 'Closed' })
    expect(calls).toEqual([])
  })

  it.each(['', 'x.json', 1])(
    'a key that a codec refuses comes before a value that a codec refuses: %j',
    async key => {
      const { store, calls } = spied()
      const view = pipe(store, mapKeys(template('{year:int}').scalar()), jsonValues())
      const refused = view.set(key as never, (() => {}) as never)
      expect(await rejection(refused)).toMatchObject({ code: key === 1 ? 'InvalidValue' : 'InvalidKey' })
      expect(calls).toEqual([])
    },
  )

  it('an illegal key of a batch comes before its illegal value', async () => {
    const { store } = spied()
    const { failures } = await rejection(store.setMany([['', 1 as never]]))
    expect([...(failures ?? [])]).toMatchObject([['', { code: 'InvalidKey' }]])
  })

  it('delete: key, read-only, unsupported', async () => {
    const { store, calls } = spied()
    const reading = readOnly(store) as Store<string, Uint8Array>
    expect(await rejection(reading.delete('', { ifMatch: 'x' }))).toMatchObject({ code: 'InvalidKey' })
    expect(await rejection(reading.delete('k', { ifMatch: 'x' }))).toMatchObject({ code: 'ReadOnly' })
    expect(await rejection(store.delete('k', { ifMatch: 'x' }))).toMatchObject({ code: 'Unsupported' })
    expect(calls).toEqual([])
  })

  it('clear of a shared root that can only be read: ReadOnly', async () => {
    const { store, calls } = spied()
    expect(await rejection(clear(readOnly(store) as never, { confirm: true }))).toMatchObject({
      code: 'ReadOnly',
    })
    expect(await rejection(clear(store, { confirm: true }))).toMatchObject({ code: 'Unsupported' })
    expect(calls).toEqual([])
  })
})

describe('what a driver lists', () => {
  const listing = (keys: unknown[], facts: Partial<Driver> = {}): Store<string, Uint8Array> =>
    createStore({
      name: 'listing',
      get: () => bytes('v'),
      keys: () => keys,
      ...facts,
    } as ListingDriver) as Store<string, Uint8Array>

  it('that is no legal key reaches nobody, and is told', async () => {
    const told: unknown[] = []
    const keys = ['a', '', 'x'.repeat(2000), 's\uD800x', 7, undefined, 'b']
    const store = listing(keys, { onIllegalKey: (key, reason) => void told.push([key, reason]) })
    expect(await collect(store.keys())).toEqual(['a', 'b'])
    expect(told).toEqual([
      ['', 'empty'],
      ['x'.repeat(2000), 'too-long'],
      ['s\uD800x', 'ill-formed'],
      [7, 'not-a-string'],
      [undefined, 'not-a-string'],
    ])
    expect(await collect(store.entries())).toHaveLength(2)
    expect(await store.size()).toBe(2)
  })

  it('that is no legal key is told by no watcher', async () => {
    const told: string[] = []
    const watched = listing([], {
      onIllegalKey: (_, reason) => void told.push(reason),
      async *watch() {
        yield ['', 'a', 'x'.repeat(2000), 's\uD800x']
        yield [undefined, 7 as never, 'b']
        throw new Error('enough')
      },
    })
    const seen: unknown[] = []
    const loop = async () => {
      for await (const { key, missed } of watch(watched)) seen.push(missed ?? key)
    }
    await rejection(loop())
    expect(seen).toEqual([true, 'a', true, 'b'])
    expect(told).toEqual(['empty', 'too-long', 'ill-formed', 'not-a-string'])
  })

  it('twice is listed once, however far apart', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `k${index}`)
    const store = listing([...many, ...many])
    expect(await collect(store.keys())).toEqual(many)
    expect(await store.size()).toBe(5000)
  })

  it('twice in a row is listed once where there is an order', async () => {
    const store = listing(['a', 'a', 'b'], { guarantees: { order: 'utf8-bytes' } })
    expect(await collect(store.keys())).toEqual(['a', 'b'])
  })

  it('in pages alone is enough', async () => {
    const store = createStore({
      name: 'pages',
      get: () => bytes('v'),
      async *keyPages() {
        yield ['a', 'b']
        yield []
        yield ['c']
      },
    })
    expect(await collect(store.keys())).toEqual(['a', 'b', 'c'])
    expect(await store.size()).toBe(3)
    expect(await collect(store.entries({ limit: 2 }))).toHaveLength(2)
  })
})

describe('bytes that a driver gives', () => {
  const pool = Buffer.from('0123456789')
  const store = createStore({
    name: 'buffers',
    get: () => pool.subarray(2, 5),
    keys: () => ['a'],
    getMany: keys => keys.map(() => pool.subarray(2, 5)),
    async *entryPages() {
      yield [['a', pool.subarray(2, 5)]]
    },
  })

  it('are plain arrays over memory of their own', async () => {
    const values = [
      await store.get('a'),
      await store.getOrThrow('a'),
      ...(await collect(store.values())),
      ...(await collect(store.getMany(['a']))).map(([, value]) => value),
    ]
    for (const value of values) {
      expect(value?.constructor).toBe(Uint8Array)
      expect(value?.buffer.byteLength).toBe(3)
      value?.fill(0)
    }
    expect(pool.toString()).toBe('0123456789')
  })
})

describe('conditions that the store cannot keep', () => {
  it('are refused by every write, before any effect', async () => {
    const { store, calls } = spied()
    expect(await rejection(rename(store, 'a', 'b', { ifAbsent: true }))).toMatchObject({
      code: 'Unsupported',
    })
    expect(await rejection(writeStream(store, 'a', [bytes('1')], { ifMatch: 'x' }))).toMatchObject({
      code: 'Unsupported',
    })
    const reading = readOnly(store) as Store<string, Uint8Array>
    expect(await rejection(writeStream(reading, '', [bytes('1')]))).toMatchObject({ code: 'InvalidKey' })
    expect(await rejection(rename(reading, 'a', ''))).toMatchObject({ code: 'InvalidKey' })
    expect(await rejection(rename(reading, 'a', 'b'))).toMatchObject({ code: 'ReadOnly' })
    expect(calls).toEqual([])
  })
})

describe('what a codec throws in a batch', () => {
  it('names the key of the user', async () => {
    const encode = () => {
      throw new Error('no')
    }
    const view = pipe(memory(), mapValues({ decode: (value: Uint8Array) => value, encode }))
    expect(await rejection(view.setMany([['k', bytes('v')]]))).toMatchObject({
      code: 'InvalidValue',
      key: 'k',
    })
    const many = createStore({
      name: 'many',
      get: () => bytes('v'),
      keys: () => ['k'],
      getMany: keys => keys.map(() => bytes('v')),
    })
    expect(await rejection(collect(pipe(many, decodeValues(encode)).getMany(['k'])))).toMatchObject({
      code: 'Corrupt',
      key: 'k',
    })
  })
})
