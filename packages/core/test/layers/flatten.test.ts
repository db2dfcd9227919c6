import { collect, rejection } from '@kvdol/test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type AnyReader, fromMap, readOnly, rename, type Store, shared } from '../../src/index.ts'
import { flatten, mount } from '../../src/layers.ts'

type Inner = Store<string, number>

function open() {
  const a: Inner = fromMap(
    new Map([
      ['x', 1],
      ['y', 2],
    ]),
  )
  const b: Inner = fromMap(new Map([['z', 3]]))
  const stores = fromMap(
    new Map([
      ['a', a],
      ['b', b],
    ]),
  )
  return { a, b, stores, flat: flatten(stores) }
}

describe('a store of stores as one', () => {
  it('has pairs as keys, to be read, set, deleted and listed', async () => {
    const { a, flat } = open()
    expectTypeOf(flat).toEqualTypeOf<Store<readonly [string, string], number>>()
    expect(await collect(flat.keys())).toEqual([
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'z'],
    ])
    expect(await flat.get(['a', 'y'])).toBe(2)
    expect(await flat.has(['a', 'y'])).toBe(true)
    expect([await flat.get(['a', 'n']), await flat.get(['n', 'x']), await flat.has(['n', 'x'])]).toEqual([
      undefined,
      undefined,
      false,
    ])
    await flat.set(['a', 'z'], 9)
    expect(await a.get('z')).toBe(9)
    await flat.delete(['a', 'x'])
    expect(await a.has('x')).toBe(false)
    expect(await flat.size()).toBe(3)
    await flat.setMany([
      [['a', 'p'], 1],
      [['b', 'q'], 2],
    ])
    await flat.deleteMany([
      ['a', 'y'],
      ['b', 'z'],
    ])
    expect(await collect(flat.entries())).toEqual([
      [['a', 'z'], 9],
      [['a', 'p'], 1],
      [['b', 'q'], 2],
    ])
    expect(
      await collect(
        flat.getMany([
          ['b', 'q'],
          ['n', 'n'],
        ]),
      ),
    ).toEqual([
      [['b', 'q'], 2],
      [['n', 'n'], undefined],
    ])
  })

  it('a prefix opens one store only; what is added shows at once', async () => {
    const { stores, flat } = open()
    const opened: unknown[] = []
    const watched = flatten(
      readOnly({
        ...stores,
        get: (key: string) => {
          opened.push(key)
          return stores.get(key)
        },
      } as typeof stores),
    )
    expect(await collect(watched.keys({ prefix: ['a'] }))).toEqual([
      ['a', 'x'],
      ['a', 'y'],
    ])
    expect(opened).toEqual(['a'])
    expect(await collect(flat.keys({ prefix: ['a', 'y'] }))).toEqual([['a', 'y']])
    await stores.set('c', fromMap(new Map([['w', 4]])))
    expect(await flat.get(['c', 'w'])).toBe(4)
    await stores.delete('a')
    expect(await collect(flat.keys())).toEqual([
      ['b', 'z'],
      ['c', 'w'],
    ])
  })

  it('moves values from store to store', async () => {
    const { b, flat } = open()
    await rename(flat, ['a', 'x'], ['b', 'x'])
    expect(await b.get('x')).toBe(1)
    expect(await flat.has(['a', 'x'])).toBe(false)
    expect(await rejection(rename(flat, ['n', 'x'], ['b', 'x']))).toMatchObject({ code: 'NotFound' })
  })

  it('makes a store where one is missing, once, or refuses', async () => {
    const { stores, flat } = open()
    expect(await rejection(flat.set(['new', 'x'], 1))).toMatchObject({ code: 'NotFound', key: ['new', 'x'] })
    expect(await stores.has('new')).toBe(false)
    const made: string[] = []
    const making = flatten(stores, {
      create: key => {
        made.push(key)
        return fromMap<string, number>()
      },
    })
    await Promise.all([
      making.set(['new', 'x'], 1),
      making.set(['new', 'y'], 2),
      making.setMany([[['new', 'z'], 3]]),
    ])
    expect(made).toEqual(['new'])
    expect(await collect((await stores.getOrThrow('new')).keys())).toEqual(['x', 'y', 'z'])
    const reason = new Error('no')
    const failing = flatten(stores, {
      create: () => {
        throw reason
      },
    })
    const error = await rejection(failing.set(['other', 'x'], 1))
    expect(error).toMatchObject({ code: 'InvalidArgument', key: ['other', 'x'], store: 'flatten' })
    expect(error.cause).toBe(reason)
  })

  it('refuses keys that are no pairs, values that are no stores, and itself', async () => {
    const { stores, flat } = open()
    for (const key of ['a', ['a'], ['a', 'b', 'c'], null])
      expect(await rejection(flat.get(key as never))).toMatchObject({
        code: 'InvalidKey',
        reason: 'not-a-pair',
      })
    await stores.set('odd', 5 as never)
    expect(await rejection(flat.get(['odd', 'x']))).toMatchObject({ code: 'Incompatible' })
    expect(await rejection(collect(flat.keys()))).toMatchObject({ code: 'Incompatible' })
    for (const itself of [flat, shared(flat), mount({ 'in/': flat as never })] as AnyReader[]) {
      await stores.set('odd', itself as never)
      expect((await rejection(collect(flat.keys()))).message).toMatch(/cycle/)
    }
  })

  it('closes the stores and what it opened of them', async () => {
    const { a, b, stores, flat } = open()
    await flat.get(['a', 'x'])
    await flat.close()
    expect(await rejection(stores.get('a'))).toMatchObject({ code: 'Closed' })
    expect(await rejection(a.get('x'))).toMatchObject({ code: 'Closed' })
    expect(await b.get('z')).toBe(3)
  })
})
