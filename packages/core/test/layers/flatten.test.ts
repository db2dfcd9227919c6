import { collect, rejection } from '@kvdol/test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { driverOf } from '../../src/adapter.ts'
import {
  type AnyReader,
  createStore,
  fromMap,
  memory,
  readOnly,
  rename,
  type Store,
  shared,
} from '../../src/index.ts'
import { fanout, fields, flatten, mount, nested, overlay } from '../../src/layers.ts'

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
describe('what is told of a wrong key or value', () => {
  it('says what it is instead', async () => {
    const { stores, flat } = open()
    const why = async (call: Promise<unknown>) => (await rejection(call)).message
    expect(await why(flat.get(['a'] as never))).toContain('a key is a pair here, [key, key], not a list of 1')
    expect(await why(flat.get('a' as never))).toContain(
      'a key is a pair here, [key, key], not a value of type string',
    )
    await stores.set('odd', 5 as never)
    expect(await why(flat.get(['odd', 'x']))).toContain('the value at "odd" is no store but ')
    expect(await why(flat.set(['new', 'x'], 1))).toContain(
      'there is no store at "new"; set one there, or give create',
    )
    await stores.set('odd', flat as never)
    expect(await why(flat.get(['odd', 'x']))).toContain(
      'the store at "odd" stands on the one that it would be part of: a cycle',
    )
    const failing = flatten(stores, { create: () => Promise.reject(new Error('no space')) })
    expect(await why(failing.set(['n', 'x'], 1))).toContain('the function create failed: no space')
  })

  it('a cycle is seen through every layer of several stores', async () => {
    const { stores, flat } = open()
    const other = fromMap<readonly [string, string], number>()
    for (const itself of [
      overlay([other, flat]),
      overlay([flat, other]),
      fanout({ a: other, b: flat }),
      fields({ store: flat, key: ['a', 'x'] }),
      nested(flat as never),
      mount({ 'a/': fromMap<string, number>(), 'b/': flat as never }),
    ] as AnyReader[]) {
      await stores.set('odd', itself as never)
      expect((await rejection(flat.get(['odd', 'x']))).message).toContain('a cycle')
    }
    await stores.set('odd', overlay([fromMap<string, number>(), fromMap<string, number>()]) as never)
    expect(await flat.get(['odd', 'x'])).toBeUndefined()
  })
})

describe('first keys of any kind', () => {
  it('are told apart by content, and listed by part', async () => {
    const stores = fromMap<readonly [string, number], Inner>(
      new Map([
        [['a', 1] as const, fromMap(new Map([['x', 1]]))],
        [['b', 2] as const, fromMap(new Map([['y', 2]]))],
      ]),
    )
    const flat = flatten(stores)
    expect(await collect(flat.keys({ prefix: [['a', 1]] as never }))).toEqual([[['a', 1], 'x']])
    expect(await collect(flat.keys())).toHaveLength(2)
    const numbers = flatten(fromMap(new Map([[1, fromMap(new Map([['x', 1]]))]])))
    expect(await collect(numbers.keys({ prefix: [1] as never }))).toEqual([[1, 'x']])
    expect(await collect(numbers.keys({ prefix: [2] as never }))).toEqual([])
  })

  it('a store that is replaced is no longer the one that is read, nor closed', async () => {
    const { a, stores, flat } = open()
    expect(await flat.get(['a', 'x'])).toBe(1)
    await stores.set('a', fromMap(new Map([['x', 100]])))
    expect(await flat.get(['a', 'x'])).toBe(100)
    await flat.close()
    expect(await a.get('x')).toBe(1)
  })

  it('create is asked again after it has failed, and may answer later', async () => {
    const stores = fromMap<string, ReturnType<typeof memory>>()
    let turns = 0
    const flat = flatten(stores, {
      create: async () => {
        if (turns++ === 0) throw new Error('not yet')
        return memory()
      },
    })
    await rejection(flat.set(['n', 'x'], new Uint8Array(1)))
    expect(await stores.has('n')).toBe(false)
    await flat.set(['n', 'x'], new Uint8Array(1))
    expect(await flat.has(['n', 'x'])).toBe(true)
    expect(turns).toBe(2)
    await flat.delete(['n', 'x'])
    expect(turns).toBe(2)
  })
})
describe('listing a part of a store of stores', () => {
  it('asks the one store for what is left of the prefix', async () => {
    const asked: unknown[] = []
    const inner = createStore({
      ...(driverOf(memory()) as object),
      name: 'inner',
      async *keyPages(options: object) {
        asked.push(options)
        yield ['ab', 'ac', 'b']
      },
      keys: undefined,
    } as never) as ReturnType<typeof memory>
    const { signal } = new AbortController()
    const flat = flatten(
      fromMap(
        new Map([
          ['one', inner],
          ['two', memory()],
        ]),
      ),
    )
    expect(await collect(flat.keys({ prefix: ['one', 'ab'] as never, signal }))).toEqual([['one', 'ab']])
    expect(asked[0]).toMatchObject({ prefix: 'ab' })
    expect((asked[0] as { signal?: unknown }).signal).toBeDefined()
    expect(await collect(flat.keys({ prefix: ['one'], signal }))).toHaveLength(3)
    expect((asked[1] as { prefix?: unknown }).prefix).toBeUndefined()
    expect(await collect(flat.keys({ signal }))).toHaveLength(3)
    expect((asked[2] as { signal?: unknown }).signal).toBeDefined()
    expect(await collect(flat.keys({ prefix: ['none'] }))).toEqual([])
    expect((await rejection(flat.get(['x'] as never))).store).toBe('flatten')
  })
})
