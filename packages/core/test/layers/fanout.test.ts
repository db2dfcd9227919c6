import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { driverOf } from '../../src/adapter.ts'
import {
  createStore,
  fromMap,
  guarantees,
  memory,
  pipe,
  type Reader,
  readOnly,
  type Store,
  StoreError,
  shared,
  textValues,
} from '../../src/index.ts'
import { fanout } from '../../src/layers.ts'
import { promising } from './support/promising.ts'
import { signalled } from './support/signalled.ts'
import { spied } from './support/spied.ts'

function open() {
  const [numbers, words] = [fromMap<string, number>(), fromMap<string, string>()]
  return { numbers, words, both: fanout({ numbers, words }) }
}

describe('stores side by side', () => {
  it('a value is what each of them holds, without those that hold nothing', async () => {
    const { numbers, words, both } = open()
    expectTypeOf(both).toEqualTypeOf<Store<string, { numbers?: number; words?: string }>>()
    await both.set('a', { numbers: 1, words: 'one' })
    await numbers.set('b', 2)
    await words.set('c', 'three')
    expect(await both.get('a')).toEqual({ numbers: 1, words: 'one' })
    expect(await both.get('b')).toEqual({ numbers: 2 })
    expect(await both.get('d')).toBeUndefined()
    expect([await both.has('c'), await both.has('d')]).toEqual([true, false])
    expect(await collect(both.keys())).toEqual(['a', 'b', 'c'])
    expect(await both.size()).toBe(3)
    expect(await collect(both.getMany(['c', 'd', 'a']))).toEqual([
      ['c', { words: 'three' }],
      ['d', undefined],
      ['a', { numbers: 1, words: 'one' }],
    ])
  })

  it('setting routes each part to its store, and takes away what the record leaves out', async () => {
    const { numbers, words, both } = open()
    await both.setMany([
      ['a', { numbers: 1, words: 'one' }],
      ['b', { words: 'two' }],
    ])
    await both.set('a', { numbers: 9 })
    expect(await both.get('a')).toEqual({ numbers: 9 })
    expect(await words.has('a')).toBe(false)
    expect(await collect(numbers.entries())).toEqual([['a', 9]])
    await both.deleteMany(['a', 'nowhere'])
    await both.delete('b')
    expect(await both.size()).toBe(0)
  })

  it('refuses what is no such record, before any effect', async () => {
    const { both } = open()
    for (const value of [
      {},
      { other: 1 },
      { numbers: 1, constructor: 2 },
      [],
      5,
      null,
      { numbers: undefined },
    ]) {
      expect(await rejection(both.set('a', value as never))).toMatchObject({ code: 'InvalidValue', key: 'a' })
      expect((await rejection(both.setMany([['a', value as never]]))).code).toBe('InvalidValue')
    }
    expect(await both.size()).toBe(0)
  })

  it('stores may have any names', async () => {
    const both = fanout({ ['__proto__']: fromMap<string, number>(), toString: fromMap<string, number>() })
    const record = Object.fromEntries([
      ['__proto__', 1],
      ['toString', 2],
    ])
    await both.set('a', record as never)
    expect(Object.entries((await both.get('a')) as object)).toEqual([
      ['__proto__', 1],
      ['toString', 2],
    ])
  })

  it('lists in key order where all do', async () => {
    const [a, b] = [memory({ order: 'utf8-bytes' }), memory({ order: 'utf8-bytes' })]
    const both = fanout({ a, b })
    await both.setMany([
      ['z', { a: bytes('1') }],
      ['m', { b: bytes('2') }],
      ['c', { a: bytes('3'), b: bytes('4') }],
    ])
    expect(guarantees(both).order).toBe('utf8-bytes')
    expect(await collect(both.keys({ after: 'c' }))).toEqual(['m', 'z'])
  })

  it('a write that fails in one store tells that it may be done in part', async () => {
    const broken = createStore({
      name: 'broken',
      get: () => undefined,
      keys: () => [],
      set: () => Promise.reject(new Error('no')),
      delete: () => {},
    })
    const fine = memory()
    const both = fanout({ broken, fine })
    const value = { broken: bytes('x'), fine: bytes('x') }
    expect(await rejection(both.set('a', value))).toMatchObject({
      key: 'a',
      store: 'fanout',
      outcome: 'unknown',
    })
    expect(await fine.has('a')).toBe(true)
    const error = await rejection(both.setMany([['b', value]]))
    expect(error.failures?.get('b')).toMatchObject({ key: 'b', outcome: 'unknown' })
    expect(guarantees(both)).toMatchObject({ atomicOverwrite: false, conditions: [], batchAtomic: false })
  })

  it('can be written where all stores can, and closes all but the shared', async () => {
    const [mine, others] = [pipe(memory(), textValues()), pipe(memory(), textValues())]
    const reader = fanout({ a: mine, b: readOnly(others) })
    expectTypeOf(reader).toEqualTypeOf<Reader<string, { a?: string; b?: string }>>()
    expect(await rejection((reader as never as Store<string, object>).set('x', { a: '1' }))).toMatchObject({
      code: 'ReadOnly',
    })
    await fanout({ a: mine, b: shared(others) }).close()
    expect(await rejection(mine.get('a'))).toMatchObject({ code: 'Closed' })
    expect(await others.get('a')).toBeUndefined()
  })
})
describe('what is wrong is told', () => {
  it('about the stores, when they are given', () => {
    for (const stores of [{}, [memory()], undefined])
      expect(() => fanout(stores as never)).toThrow(
        'fanout takes stores by name, such as { a: store, b: store }, not ',
      )
  })

  it('about a record, with the names that there are', async () => {
    const { both } = open()
    for (const [value, why] of [
      [5, 'a value is a record with "numbers", "words" here, not '],
      [[], 'a value is a record with "numbers", "words" here, not '],
      [{ numbers: 1, else: 2 }, 'there is no store "else"; a record has "numbers", "words"'],
      [{}, 'the record is empty: give "numbers", "words", or delete the key'],
      [{ numbers: undefined }, 'the record is empty'],
    ] as const)
      expect((await rejection(both.set('a', value as never))).message).toContain(why)
    // What is not there is no part.
    await both.set('a', { numbers: 1, else: undefined } as never)
    expect(await both.get('a')).toEqual({ numbers: 1 })
  })
})

describe('writes to several stores', () => {
  const keeping = () =>
    createStore({
      name: 'keeping',
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => Promise.reject(new Error('no delete')),
    })

  it('where all fail are not in doubt', async () => {
    const full = () =>
      createStore({
        ...driverOf(memory()),
        name: 'full',
        set: () => Promise.reject(new StoreError('OutOfSpace', 'full', { outcome: 'not-applied' })),
      } as never) as Store<string, Uint8Array>
    const value = { a: bytes('1'), b: bytes('1') }
    expect(await rejection(fanout({ a: full(), b: full() }).set('k', value))).toMatchObject({
      code: 'OutOfSpace',
      outcome: 'not-applied',
    })
    expect(await rejection(fanout({ a: full(), b: memory() }).set('k', value))).toMatchObject({
      code: 'OutOfSpace',
      outcome: 'unknown',
    })
    const part = fanout({ a: keeping(), b: memory() })
    expect(await rejection(part.delete('k'))).toMatchObject({
      outcome: 'unknown',
      cause: { message: 'no delete' },
    })
    expect(await rejection(part.set('k', { b: bytes('1') }))).toMatchObject({ outcome: 'unknown' })
    expect((await rejection(part.deleteMany(['k', 'l']))).failures?.size).toBe(2)
  })

  it('one bad record of a batch keeps no other out', async () => {
    const { numbers, words, both } = open()
    const error = await rejection(
      both.setMany([
        ['a', { numbers: 1 }],
        ['b', {}],
        ['c', { words: 'c' }],
      ]),
    )
    expect([...(error.failures ?? new Map()).keys()]).toEqual(['b'])
    expect([await collect(numbers.keys()), await collect(words.keys())]).toEqual([['a'], ['c']])
  })

  it('ask only the stores concerned', async () => {
    const [a, b] = [spied(memory()), spied(memory())]
    const both = fanout({ a: a.store, b: b.store })
    await both.setMany([['k', { a: bytes('1'), b: bytes('1') }]])
    expect([a.calls, b.calls].map(calls => calls.filter(call => call !== 'setMany'))).toEqual([[], []])
    a.calls.length = 0
    await both.setMany([['k', { b: bytes('2') }]])
    expect(a.calls).not.toContain('setMany')
    expect(await a.store.has('k')).toBe(false)
  })

  it('hold what was given, not what becomes of it', async () => {
    const both = fanout({ a: memory(), b: memory() })
    const value = bytes('1')
    const setting = both.set('k', { a: value, b: value })
    await setting
    const read = await both.get('k')
    read?.a?.fill(0)
    expect(await both.get('k')).toEqual({ a: bytes('1'), b: bytes('1') })
  })
})

it('every store gets the signal of the call', async () => {
  const [a, b] = [signalled(), signalled()]
  const both = fanout({ a: a.store, b: b.store })
  const { signal } = new AbortController()
  await both.set('k', { a: bytes('1') }, { signal })
  await both.setMany([['l', { b: bytes('1') }]], { signal })
  await both.get('k', { signal })
  await both.has('k', { signal })
  await collect(both.getMany(['k', 'l'], { signal }))
  await collect(both.keys({ signal }))
  await both.delete('k', { signal })
  await both.deleteMany(['l'], { signal })
  expect([a.without, b.without]).toEqual([[], []])
})

it('takes no conditions, no write options, and values of any length', async () => {
  const both = fanout({ a: promising({ maxValueBytes: 5 }), b: promising({ atomicOverwrite: false }) })
  expect(guarantees(both)).toMatchObject({ conditions: [], maxValueBytes: null, atomicOverwrite: false })
  const value = { a: bytes('1') }
  expect(await rejection(both.set('k', value, { ifAbsent: true }))).toMatchObject({ code: 'Unsupported' })
  await rejection(both.set('k', value, { contentType: 'text/plain' } as never))
  expect(await both.has('k')).toBe(false)
})

it('lists each key once, by prefix, in the order of the stores where they have none', async () => {
  const { numbers, words, both } = open()
  for (const key of ['b', 'ab', 'a']) await numbers.set(key, 1)
  for (const key of ['z', 'a', 'ac']) await words.set(key, '1')
  expect(await collect(both.keys())).toEqual(['b', 'ab', 'a', 'z', 'ac'])
  expect(await collect(both.keys({ prefix: 'a' }))).toEqual(['ab', 'a', 'ac'])
  expect(await collect(both.keys({ limit: 4 }))).toEqual(['b', 'ab', 'a', 'z'])
})

describe('a record', () => {
  it('is private: bytes that change afterwards change nothing', async () => {
    const store = fanout({ a: memory(), b: memory() })
    const given = bytes('1')
    await store.set('one', { a: given })
    await store.setMany([['many', { a: given }]])
    given[0] = 0
    expect([await store.get('one'), await store.get('many')]).toEqual([{ a: bytes('1') }, { a: bytes('1') }])
  })

  it('of which one part is refused leaves all stores as they are', async () => {
    const stores = { a: memory(), b: memory(), c: pipe(memory(), textValues()) }
    const store = fanout(stores)
    await store.set('k', { a: bytes('old'), c: 'old' })
    for (const bad of [{ b: 'no bytes' }, { c: 5 }])
      expect(await rejection(store.set('k', { a: bytes('new'), ...bad } as never))).toMatchObject({
        code: 'InvalidValue',
        key: 'k',
        outcome: 'not-applied',
      })
    expect(await store.get('k')).toEqual({ a: bytes('old'), c: 'old' })
  })
})
