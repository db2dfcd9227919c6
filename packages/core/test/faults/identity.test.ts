import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  filterKeys,
  fromMap,
  mapKeys,
  mappedKeys,
  memory,
  oneOf,
  pipe,
  type Reader,
  StoreError,
  segments,
} from '../../src/index.ts'
import { cachedKeys, skipErrors } from '../../src/layers.ts'

/** A store of records by content, as a database keeps them. */
function table<K>() {
  const rows = new Map<string, [K, string]>()
  const batches: (readonly (readonly [K, string])[])[] = []
  const at = (key: K) => JSON.stringify(key, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))
  const store = createStore<K, string>({
    name: 'table',
    keyType: 'any',
    valueType: 'any',
    get: key => rows.get(at(key))?.[1],
    keys: () => [...rows.values()].map(([key]) => key),
    set: (key, value) => void rows.set(at(key), [key, value]),
    delete: key => void rows.delete(at(key)),
    setMany: entries => {
      batches.push(entries)
      for (const [key, value] of entries) rows.set(at(key), [key, value])
    },
  })
  return { store, batches, rows }
}

describe('keys that are not strings', () => {
  it('the driver gets one key once in a batch, and the later value wins', async () => {
    const { store, batches } = table<[string, number]>()
    await store.setMany([
      [['a', 1], 'x'],
      [['b', 1], 'z'],
      [['a', 1], 'y'],
    ])
    expect(batches).toEqual([
      [
        [['a', 1], 'y'],
        [['b', 1], 'z'],
      ],
    ])
  })

  it('a failure of a batch finds the user’s key again', async () => {
    const store = createStore<[string, bigint], string>({
      name: 'failing',
      keyType: 'any',
      valueType: 'any',
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      setMany: () => new Map([[['a', 1n] as [string, bigint], new StoreError('OutOfSpace', 'full')]]),
    })
    await expect(store.setMany([[['a', 1n], 'x']])).rejects.toMatchObject({
      failures: new Map([[['a', 1n], expect.objectContaining({ code: 'OutOfSpace', key: ['a', 1n] })]]),
    })
  })

  it('records are the same whatever the order of their fields', async () => {
    const { store } = table<{ a: number; b: Date; c: bigint }>()
    const cached = pipe(store, cachedKeys())
    const when = new Date(0)
    await cached.set({ a: 1, b: when, c: 2n }, 'x')
    expect(await collect(cached.keys())).toHaveLength(1)
    await cached.set({ c: 2n, b: when, a: 1 }, 'y')
    expect(await collect(cached.keys())).toHaveLength(1)
    await cached.delete({ b: new Date(0), a: 1, c: 2n })
    expect(await collect(cached.keys())).toEqual([])
  })

  it('lists of names are compared by content', async () => {
    const base = pipe(memory(), mapKeys(segments()))
    await base.set(['a', 'b'], new Uint8Array())
    await base.set(['a', 'c'], new Uint8Array())
    const only = pipe(base, filterKeys(oneOf<string[]>([['a', 'b']]) as never))
    expect(await collect(only.keys())).toEqual([['a', 'b']])
    const names = mappedKeys<unknown, unknown>([
      [
        ['x', 1n],
        ['a', 'c'],
      ],
    ])
    const named = mapKeys<Reader<unknown, unknown>, unknown>(names)(base as never)
    expect(await collect(named.keys())).toEqual([['x', 1n]])
    expect(await named.has(['x', 1n])).toBe(true)
  })

  it.each<[unknown, unknown]>([
    [1, '1'],
    [{ a: 1 }, { a: 1n }],
    [[new Date(0)], [new Date(0).toISOString()]],
    [[undefined], [null]],
    [[Number.NaN], [null]],
    [[Number.NaN], ['NaN']],
    [[1n], ['1n']],
    [[1n], [2n]],
    [['a'], { 0: 'a' }],
    [[true], ['true']],
    [['a,b'], ['a', 'b']],
    [{ a: { b: 1 } }, { 'a.b': 1 }],
  ])('key %# is not the other', (a, b) => {
    const one = oneOf<unknown>([a])
    expect(one(structuredClone(a))).toBe(true)
    expect(one(b)).toBe(false)
  })

  it('symbols are what they are, and what says itself how it is written counts as that', () => {
    const one = oneOf<unknown>([Symbol('a')])
    expect(one(Symbol('a'))).toBe(false)
    const written = (text: string) => Object.assign(Object.create(null), { toJSON: () => text })
    const of = oneOf<unknown>([[written('a')]])
    expect(of([written('a')])).toBe(true)
    expect([of([written('b')]), of(['a']), of([new Date(0)])]).toEqual([false, false, false])
  })

  it('a Map that is a store finds lists by content, and the later of two wins', async () => {
    const [one, other] = [['a'], ['a']]
    const map = new Map<string[], string>()
    await fromMap(map).setMany([
      [one, 'x'],
      [other, 'y'],
    ])
    expect([...map]).toEqual([[['a'], 'y']])
    expect(await fromMap(map).get(['a'])).toBe('y')
  })

  it('keys that failed are remembered by content', async () => {
    const { store } = table<{ a: number; b: number }>()
    await store.set({ a: 1, b: 2 }, 'x')
    const broken = createStore<{ a: number; b: number }, string>({
      name: 'broken',
      keyType: 'any',
      valueType: 'any',
      get: () => {
        throw new StoreError('Corrupt', 'no')
      },
      async *keys() {
        yield { a: 1, b: 2 }
        yield { b: 2, a: 1 }
      },
    })
    const skipping = pipe(broken, skipErrors())
    expect(await collect(skipping.values())).toEqual([])
    expect(await collect(skipping.keys())).toEqual([])
  })
})

it('a prefix finds parts whose fields come in another order, and bigints', async () => {
  const base = fromMap(new Map([[{ id: { a: 1, b: 2n }, n: 1 }, 'x']]))
  expect(await collect(base.keys({ prefix: { id: { b: 2n, a: 1 } } }))).toHaveLength(1)
  expect(await collect(base.keys({ prefix: { id: { b: 2n, a: 2 } } }))).toHaveLength(0)
})
