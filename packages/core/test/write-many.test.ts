import { bytes, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  filterKeys,
  fromMap,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  prefix,
  readOnly,
  StoreError,
} from '../src/index.ts'

const MIB = 1024 ** 2

interface Abilities {
  readonly batches?: boolean
  readonly batchAtomic?: boolean
  readonly fails?: (key: string) => StoreError | undefined
}

/** A store that notes what its driver is asked, and how many calls are under way at once. */
function noting({ batches = false, batchAtomic = false, fails = () => undefined }: Abilities = {}) {
  const map = new Map<string, Uint8Array>()
  const asked: { method: string; keys: readonly string[]; options: object }[] = []
  const state = { now: 0, most: 0 }
  const slowly = async (method: string, keys: readonly string[], options: object) => {
    asked.push({ method, keys, options })
    state.most = Math.max(state.most, ++state.now)
    await new Promise(resolve => setImmediate(resolve))
    state.now--
  }
  const store = createStore({
    name: 'noting',
    guarantees: { batchAtomic },
    get: (key: string) => map.get(key)?.slice(),
    keys: () => [...map.keys()],
    async set(key: string, value: Uint8Array, options: object) {
      await slowly('set', [key], options)
      const error = fails(key)
      if (error) throw error
      map.set(key, value)
    },
    async delete(key: string, options: object) {
      await slowly('delete', [key], options)
      const error = fails(key)
      if (error) throw error
      map.delete(key)
    },
    ...((batches || batchAtomic) && {
      async setMany(entries: readonly (readonly [string, Uint8Array])[], options: object) {
        const keys = entries.map(([key]) => key)
        await slowly('setMany', keys, options)
        for (const [key, value] of entries) if (!fails(key)) map.set(key, value)
        return new Map(keys.filter(fails).map(key => [key, fails(key) as StoreError]))
      },
    }),
    ...(batches && {
      async deleteMany(keys: readonly string[], options: object) {
        await slowly('deleteMany', keys, options)
        for (const key of keys) if (!fails(key)) map.delete(key)
        return new Map(keys.filter(fails).map(key => [key, fails(key) as StoreError]))
      },
    }),
  })
  return { store, map, asked, state }
}

const entries = (count: number) =>
  Array.from({ length: count }, (_, index): [string, Uint8Array] => [`k${index}`, bytes(`${index}`)])
const names = (count: number) => entries(count).map(([key]) => key)
async function* later<T>(items: Iterable<T>) {
  yield* items
}

const full = (key: string) =>
  key === 'k1' || key === 'k3' ? new StoreError('OutOfSpace', 'full') : undefined

describe('setMany and deleteMany', () => {
  it('give the driver batches of a thousand', async () => {
    const { store, asked, map } = noting({ batches: true })
    await store.setMany(entries(2500))
    expect(map.size).toBe(2500)
    await store.deleteMany(names(2000))
    expect(map.size).toBe(500)
    expect(asked.map(({ method, keys }) => [method, keys.length])).toEqual([
      ['setMany', 1000],
      ['setMany', 1000],
      ['setMany', 500],
      ['deleteMany', 1000],
      ['deleteMany', 1000],
    ])
  })

  it('give it no more than eight mebibytes at once, and all where all or nothing was promised', async () => {
    const long = (key: string): [string, Uint8Array] => [key, new Uint8Array(4 * MIB)]
    const { store, asked } = noting({ batches: true })
    await store.setMany(['a', 'b', 'c', 'd', 'e'].map(long))
    expect(asked.map(({ keys }) => keys.join(''))).toEqual(['ab', 'cd', 'e'])
    const atomic = noting({ batchAtomic: true })
    await atomic.store.setMany(['a', 'b', 'c'].map(long))
    await atomic.store.setMany(entries(1500))
    expect(atomic.asked.map(({ keys }) => keys.length)).toEqual([3, 1500])
  })

  it('make sixteen single calls at once without batches, or as many as `concurrency` says', async () => {
    const { store, state, map } = noting()
    await store.setMany(entries(40))
    expect(state.most).toBe(16)
    state.most = 0
    await store.deleteMany(names(40), { concurrency: 3 })
    expect(state.most).toBe(3)
    expect(map.size).toBe(0)
  })

  it('take keys of a view, later ones too, and pass on the signal', async () => {
    for (const batches of [true, false]) {
      const { store, asked, map } = noting({ batches })
      const view = pipe(store, mapKeys(prefix('p/')))
      const { signal } = new AbortController()
      await view.setMany(later(entries(1)), { signal, concurrency: 2 })
      expect([...map.keys()]).toEqual(['p/k0'])
      await view.deleteMany(later(['k0']))
      expect(map.size).toBe(0)
      expect(asked.map(({ options }) => (options as { signal?: AbortSignal }).signal)).toEqual([
        signal,
        undefined,
      ])
      if (!batches) expect(asked.map(({ options }) => Object.keys(options))).toEqual([['signal'], []])
    }
  })

  it('write a key that comes twice once, as it came last', async () => {
    for (const batches of [true, false]) {
      const { store, asked, map } = noting({ batches })
      await store.setMany([
        ['a', bytes('1')],
        ['b', bytes('2')],
        ['a', bytes('3')],
      ])
      expect(asked.flatMap(({ keys }) => keys)).toEqual(['a', 'b'])
      expect(map.get('a')).toEqual(bytes('3'))
    }
  })

  it('ask the driver for nothing where nothing is given', async () => {
    const { store, asked } = noting({ batches: true })
    await store.setMany([])
    await store.deleteMany(later([]))
    expect(asked).toEqual([])
  })

  it.each([
    { batches: true, batchAtomic: false },
    { batches: false, batchAtomic: false },
  ])('try every entry, and tell which have failed (%o)', async how => {
    const { store, map } = noting({ ...how, fails: full })
    const error = await rejection(store.setMany(entries(5)))
    expect(error).toMatchObject({
      code: 'OutOfSpace',
      op: 'setMany',
      detail: expect.stringMatching(/^2 failed, see failures; first: .*full/),
    })
    expect(
      [...(error.failures as Map<string, StoreError>)].map(([key, { code, op, key: own }]) => [
        key,
        code,
        op,
        own,
      ]),
    ).toEqual([
      ['k1', 'OutOfSpace', 'setMany', 'k1'],
      ['k3', 'OutOfSpace', 'setMany', 'k3'],
    ])
    expect([...map.keys()]).toEqual(['k0', 'k2', 'k4'])
    map.set('k1', bytes('x'))
    const deleting = await rejection(store.deleteMany(names(5)))
    expect(deleting).toMatchObject({ code: 'OutOfSpace', op: 'deleteMany' })
    expect([...map.keys()]).toEqual(['k1'])
  })

  it('say what all failures have in common', async () => {
    const failing = (...errors: StoreError[]) => {
      const left = [...errors]
      return rejection(noting({ fails: () => left.shift() }).store.setMany(entries(errors.length)))
    }
    const busy = new StoreError('Unavailable', 'busy', { retryable: true, outcome: 'not-applied' })
    const lost = new StoreError('Unavailable', 'lost', { retryable: true, outcome: 'unknown' })
    const denied = new StoreError('PermissionDenied', 'no', { outcome: 'not-applied' })
    expect(await failing(busy, busy)).toMatchObject({ code: 'Unavailable', retryable: true })
    expect((await failing(busy, busy)).outcome).not.toBe('unknown')
    expect(await failing(busy, lost)).toMatchObject({
      code: 'Unavailable',
      retryable: true,
      outcome: 'unknown',
    })
    expect(await failing(busy, denied)).toMatchObject({ code: 'Unknown', retryable: false })
  })

  it('write what can be written beside illegal keys and values, and nothing where it is all or nothing', async () => {
    const odd = [
      ['a', bytes('1')],
      ['', bytes('2')],
      ['c', 'text'],
      ['d', undefined],
      ['\ud800', 'text'],
    ] as never
    for (const how of [{ batches: true }, {}]) {
      const { store, map } = noting(how)
      const error = await rejection(store.setMany(odd))
      expect([...(error.failures as Map<string, StoreError>)].map(([key, { code }]) => [key, code])).toEqual([
        ['', 'InvalidKey'],
        ['c', 'InvalidValue'],
        ['d', 'InvalidValue'],
        // Of two faults the key is told.
        ['\ud800', 'InvalidKey'],
      ])
      expect(error.code).toBe('Unknown')
      expect([...map.keys()]).toEqual(['a'])
    }
    const atomic = noting({ batchAtomic: true })
    const error = await rejection(atomic.store.setMany(odd))
    expect(error).toMatchObject({ code: 'InvalidKey', key: '', op: 'setMany' })
    expect(error.failures).toBeUndefined()
    expect(atomic.asked).toEqual([])
  })

  it('refuse what is no pair as a whole, with what it is', async () => {
    for (const how of [{}, { batches: true }, { batchAtomic: true }]) {
      const { store, asked } = noting(how)
      for (const item of ['a', undefined, 7, { key: 'a' }]) {
        const error = await rejection(store.setMany([item] as never))
        expect(error).toMatchObject({
          code: 'InvalidArgument',
          op: 'setMany',
          detail: expect.stringContaining('setMany takes pairs [key, value], not '),
        })
        expect(error.failures).toBeUndefined()
      }
      expect(asked).toEqual([])
    }
  })

  it('refuse what is no iterable, and a store that can only be read', async () => {
    const { store, asked } = noting()
    for (const items of [undefined, null, 7, {}]) {
      expect(await rejection(store.setMany(items as never))).toMatchObject({
        code: 'InvalidArgument',
        detail: expect.stringContaining('setMany takes an array or another iterable, not '),
      })
      expect(await rejection(store.deleteMany(items as never))).toMatchObject({
        code: 'InvalidArgument',
        detail: expect.stringContaining('deleteMany takes an array or another iterable, not '),
      })
    }
    const reader = readOnly(store) as typeof store
    expect(await rejection(reader.setMany(entries(1)))).toMatchObject({ code: 'ReadOnly', op: 'setMany' })
    expect(await rejection(reader.deleteMany(['a']))).toMatchObject({ code: 'ReadOnly', op: 'deleteMany' })
    expect(asked).toEqual([])
  })

  it('refuse keys that a filter leaves out, each by itself', async () => {
    const { store, map } = noting({ batches: true })
    const view = pipe(
      store,
      filterKeys<typeof store>(key => key !== 'k1'),
    )
    map.set('k1', bytes('x'))
    const written = await rejection(view.setMany(entries(3)))
    expect([...(written.failures as Map<string, unknown>).keys()]).toEqual(['k1'])
    const deleted = await rejection(view.deleteMany(names(3)))
    expect(deleted).toMatchObject({ code: 'ReadOnly', op: 'deleteMany' })
    expect([...map]).toEqual([['k1', bytes('x')]])
  })

  it('say so when the source fails, whether its items are there or come later', async () => {
    function* failing() {
      yield ['a', bytes('1')] as const
      throw new RangeError('cut')
    }
    for (const how of [{}, { batches: true }, { batchAtomic: true }])
      for (const source of [failing(), later(failing())]) {
        const { store, map } = noting(how)
        const error = await rejection(store.setMany(source))
        expect(error).toMatchObject({ code: 'Aborted', op: 'setMany', cause: expect.any(RangeError) })
        expect(map.size).toBe(0)
      }
  })

  it('stop when the signal fires', async () => {
    const controller = new AbortController()
    const { store, asked } = noting()
    const setting = store.setMany(entries(50), { signal: controller.signal, concurrency: 2 })
    await new Promise(resolve => setImmediate(resolve))
    controller.abort()
    expect(await rejection(setting)).toMatchObject({ code: 'Aborted', op: 'setMany' })
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(asked.length).toBeLessThan(10)
  })

  it('keep what they were given when it is changed afterwards', async () => {
    for (const store of [memory(), noting().store, noting({ batches: true }).store]) {
      const value = bytes('old')
      const setting = store.setMany([['a', value]])
      value.fill(0)
      await setting
      expect(await store.get('a')).toEqual(bytes('old'))
      const second = bytes('old')
      await store.setMany(
        (async function* () {
          yield ['a', second] as const
          second.fill(0)
        })(),
      )
      expect(await store.get('a')).toEqual(bytes('old'))
    }
  })

  it('encode values one by one, and tell which of them cannot be', async () => {
    const notes = pipe(noting().store, jsonValues<number>())
    const error = await rejection(
      notes.setMany([
        ['a', 1],
        ['b', (() => {}) as never],
      ]),
    )
    expect(error).toMatchObject({ code: 'InvalidValue' })
    expect([...(error.failures as Map<string, unknown>).keys()]).toEqual(['b'])
    expect(await notes.get('a')).toBe(1)
    const any = fromMap<string, unknown>()
    await any.setMany([['a', () => 1]])
    expect(await any.get('a')).toBeTypeOf('function')
  })
})
