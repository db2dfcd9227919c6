import { bytes, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  batch,
  type Change,
  createStore,
  filterKeys,
  mapKeys,
  pipe,
  prefix,
  StoreError,
  textValues,
} from '../src/index.ts'

type Changes = readonly Change<string, Uint8Array>[]
type Method = 'batch' | 'setMany' | 'deleteMany'

/** A store with these methods for many changes, which notes what its driver is asked. */
function noting(methods: readonly Method[], { batchAtomic = false, bad = '' } = {}) {
  const map = new Map<string, Uint8Array>([['old', bytes('old')]])
  const asked: unknown[][] = []
  const failures = (keys: readonly string[]) =>
    new Map(keys.filter(key => key === bad).map(key => [key, new StoreError('OutOfSpace', 'full')]))
  const set = (key: string, value: Uint8Array) => void (key === bad || map.set(key, value.slice()))
  const drop = (key: string) => void (key === bad || map.delete(key))
  const many = {
    async batch(changes: Changes, options: object) {
      asked.push(['batch', changes, options])
      for (const change of changes) 'set' in change ? set(change.set, change.value) : drop(change.delete)
      return failures(changes.map(change => ('set' in change ? change.set : change.delete)))
    },
    async setMany(entries: readonly (readonly [string, Uint8Array])[], options: object) {
      const keys = entries.map(([key]) => key)
      asked.push(['setMany', keys.join(), options])
      await new Promise(resolve => setImmediate(resolve))
      for (const [key, value] of entries) set(key, value)
      return failures(keys)
    },
    async deleteMany(keys: readonly string[], options: object) {
      asked.push(['deleteMany', keys.join(), options])
      for (const key of keys) drop(key)
      return failures(keys)
    },
  }
  const store = createStore({
    name: 'noting',
    guarantees: { batchAtomic },
    get: (key: string) => map.get(key)?.slice(),
    keys: () => map.keys(),
    set(key: string, value: Uint8Array, options: object) {
      asked.push(['set', key, options])
      if (key === bad) throw new StoreError('OutOfSpace', 'full')
      map.set(key, value.slice())
    },
    delete(key: string, options: object) {
      asked.push(['delete', key, options])
      if (key === bad) throw new StoreError('OutOfSpace', 'full')
      map.delete(key)
    },
    ...Object.fromEntries(methods.map(method => [method, many[method]])),
  })
  return { store, map, asked }
}

const change: Changes = [{ set: 'a', value: bytes('1') }, { delete: 'old' }, { set: 'b', value: bytes('2') }]
const sets = change.filter(one => 'set' in one)
const deletes = change.filter(one => 'delete' in one)

describe('batch gives the driver', () => {
  it('all changes at once where it takes them, under its own keys, with the options that were given', async () => {
    const { store, asked, map } = noting(['batch', 'setMany', 'deleteMany'])
    const { signal } = new AbortController()
    const texts = pipe(store, mapKeys(prefix('p/')), textValues())
    await batch(texts, [{ set: 'a', value: '1' }, { delete: 'b' }], { signal, concurrency: 3 })
    await batch(store, change, { signal: undefined })
    expect(asked).toStrictEqual([
      ['batch', [{ set: 'p/a', value: bytes('1') }, { delete: 'p/b' }], { signal, concurrency: 3 }],
      ['batch', change, {}],
    ])
    expect([...map.keys()]).toEqual(['p/a', 'a', 'b'])
  })

  it('sets and deletes apart where it takes many of each, and asks for none of which there are none', async () => {
    const { signal } = new AbortController()
    const { store, asked } = noting(['setMany', 'deleteMany'])
    await batch(store, change, { signal })
    await batch(store, sets)
    await batch(store, deletes)
    await batch(store, [])
    expect(asked).toEqual([
      ['setMany', 'a,b', { signal }],
      ['deleteMany', 'old', { signal }],
      ['setMany', 'a,b', {}],
      ['deleteMany', 'old', {}],
    ])
  })

  it.each<[Method[], string[], string[], string[]]>([
    [['setMany'], ['set a', 'delete old', 'set b'], ['setMany a,b'], ['delete old']],
    [['deleteMany'], ['set a', 'delete old', 'set b'], ['set a', 'set b'], ['deleteMany old']],
    [[], ['set a', 'delete old', 'set b'], ['set a', 'set b'], ['delete old']],
  ])(
    'one change after the other where it has only %j and that is not enough',
    async (methods, ...expected) => {
      for (const [index, changes] of [change, sets, deletes].entries()) {
        const { store, asked } = noting(methods)
        await batch(store, changes)
        expect(asked.map(([method, keys]) => `${method} ${keys}`)).toEqual(expected[index])
      }
    },
  )

  it('the signal alone with single changes', async () => {
    const { signal } = new AbortController()
    const { store, asked } = noting([])
    await batch(store, change, { signal, concurrency: 2 })
    await batch(store, change, { concurrency: 2 })
    expect(asked.map(([, , options]) => options)).toEqual([{ signal }, { signal }, { signal }, {}, {}, {}])
  })
})

describe('a batch in which something fails', () => {
  it.each<[Method[]]>([[['batch']], [['setMany', 'deleteMany']], [[]]])(
    'does the rest, and tells what has failed by key (%j)',
    async methods => {
      for (const bad of ['a', 'old']) {
        const { store, map } = noting(methods, { bad })
        const error = await rejection(batch(store, change))
        expect(error).toMatchObject({ code: 'OutOfSpace', op: 'batch' })
        expect([...(error.failures as Map<string, StoreError>)]).toMatchObject([
          [bad, { code: 'OutOfSpace', key: bad }],
        ])
        expect([...map.keys()].sort()).toEqual(bad === 'a' ? ['b'] : ['a', 'b', 'old'])
      }
    },
  )

  it('does the rest beside illegal keys and values and hidden keys, each told by its key', async () => {
    const { store, map } = noting([])
    const view = pipe(
      store,
      filterKeys<typeof store>(key => key !== 'old'),
    )
    const error = await rejection(
      batch(view, [
        { delete: 'old' },
        { set: '', value: bytes('1') },
        { delete: '\ud800' },
        { set: 'c', value: 'text' as never },
        { set: 'd', value: bytes('1') },
      ]),
    )
    expect([...(error.failures as Map<string, StoreError>)].map(([key, { code }]) => [key, code])).toEqual([
      ['old', 'ReadOnly'],
      ['', 'InvalidKey'],
      ['\ud800', 'InvalidKey'],
      ['c', 'InvalidValue'],
    ])
    expect([...map.keys()]).toEqual(['old', 'd'])
  })

  it('does nothing where it is all or nothing', async () => {
    const { store, asked } = noting(['batch', 'setMany'], { batchAtomic: true })
    const error = await rejection(batch(store, [...change, { set: '', value: bytes('1') }]))
    expect(error).toMatchObject({ code: 'InvalidKey', op: 'batch', key: '' })
    expect(asked).toEqual([])
    await batch(store, change)
    expect(asked).toHaveLength(1)
  })

  it('ends as soon as the signal fires, however long the backend hangs', async () => {
    const hanging = createStore({
      name: 'hanging',
      get: () => undefined,
      keys: () => [],
      set: () => new Promise<never>(() => {}),
      delete: () => {},
    })
    const controller = new AbortController()
    const done = batch(hanging, sets, { signal: controller.signal })
    controller.abort()
    expect(await rejection(done)).toMatchObject({ code: 'Aborted', op: 'batch', outcome: 'unknown' })
  })

  it('is refused when a key comes twice, also as two keys that the driver takes for one', async () => {
    const { store, asked } = noting(['batch'])
    expect(await rejection(batch(store, [{ set: 'a', value: bytes('1') }, { delete: 'a' }]))).toMatchObject({
      code: 'InvalidArgument',
      detail: 'a batch changes a key once, and "a" comes twice',
    })
    // Illegal keys are like no other: each is refused for what it is.
    const illegal = await rejection(batch(store, [{ delete: '' }, { delete: '' }]))
    expect(illegal).toMatchObject({ code: 'InvalidKey' })
    expect(asked).toEqual([])
  })
})
