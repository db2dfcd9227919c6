import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  createStore,
  fromMap,
  guarantees,
  memory,
  pipe,
  type Reader,
  readOnly,
  type Store,
  shared,
  textValues,
} from '../../src/index.ts'
import { fanout } from '../../src/layers.ts'

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
