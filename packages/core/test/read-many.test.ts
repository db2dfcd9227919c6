import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  decodeValues,
  filterKeys,
  jsonValues,
  mapKeys,
  pipe,
  prefix,
  type ReadOptions,
  textValues,
} from '../src/index.ts'

type Pages = AsyncIterable<readonly (readonly [string, Uint8Array])[]>

/** A store of `k0`, `k1`, … that notes what its driver is asked, and how many reads are under way at once. */
function noting({ size = 5, batches = false, entries = false } = {}) {
  const map = new Map<string, Uint8Array>(
    Array.from({ length: size }, (_, index) => [`k${index}`, bytes(`${index}`)]),
  )
  const asked: { method: string; keys: unknown; options: object }[] = []
  const state = { now: 0, most: 0 }
  const note = (method: string, keys: unknown, options: object) => void asked.push({ method, keys, options })
  const store = createStore({
    name: 'noting',
    async get(key: string, options: ReadOptions) {
      note('get', key, options)
      state.now++
      state.most = Math.max(state.most, state.now)
      await new Promise(resolve => setImmediate(resolve))
      state.now--
      return map.get(key)?.slice()
    },
    keys: () => [...map.keys()],
    set: (key: string, value: Uint8Array) => void map.set(key, value),
    delete: (key: string) => void map.delete(key),
    ...(batches && {
      getMany(keys: readonly string[], options: ReadOptions) {
        note('getMany', keys, options)
        return keys.map(key => map.get(key)?.slice())
      },
    }),
    ...(entries && {
      async *entryPages(options: object): Pages {
        note('entryPages', undefined, options)
        yield [...map].map(([key, value]) => [key, Buffer.from(value)] as const)
      },
    }),
  })
  return { store, map, asked, state }
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`)

describe('getMany', () => {
  it.each([{ batches: true }, { batches: false }])(
    'gives a pair for each key in the order of the keys, repeated and absent ones too (%o)',
    async how => {
      const { store } = noting(how)
      const pairs = await collect(store.getMany(['k3', 'x', 'k1', 'k3']))
      expect(pairs.map(([key, value]) => [key, value && text(value)])).toEqual([
        ['k3', '3'],
        ['x', undefined],
        ['k1', '1'],
        ['k3', '3'],
      ])
      expect(await collect(store.getMany([]))).toEqual([])
    },
  )

  it('asks the driver in batches of a hundred', async () => {
    const { store, asked } = noting({ size: 250, batches: true })
    expect(await collect(store.getMany(names(250)))).toHaveLength(250)
    expect(asked.map(({ keys }) => (keys as string[]).length)).toEqual([100, 100, 50])
    asked.length = 0
    await collect(store.getMany(names(200)))
    await collect(store.getMany([]))
    expect(asked.map(({ keys }) => (keys as string[]).length)).toEqual([100, 100])
  })

  it('gives a batch on as soon as it is read', async () => {
    const { store, asked } = noting({ size: 250, batches: true })
    for await (const _ of store.getMany(names(250))) break
    expect(asked).toHaveLength(1)
  })

  it('reads sixteen keys at once without batches, or as many as `concurrency` says', async () => {
    const { store, state } = noting({ size: 60 })
    await collect(store.getMany(names(60)))
    expect(state.most).toBe(16)
    state.most = 0
    await collect(store.getMany(names(60), { concurrency: 3 }))
    expect(state.most).toBe(3)
  })

  it.each([{ batches: true }, { batches: false }])('tells the driver of the signal alone (%o)', async how => {
    const { store, asked } = noting(how)
    const { signal } = new AbortController()
    await collect(store.getMany(['k1'], { signal, concurrency: 2 }))
    await collect(store.getMany(['k1'], { concurrency: 2 }))
    expect(asked.map(({ options }) => options)).toEqual([{ signal }, {}])
  })

  it.each([{ batches: true }, { batches: false }])('asks for no key that is hidden (%o)', async how => {
    const { store, asked } = noting(how)
    const odd = pipe(
      store,
      filterKeys<typeof store>(key => key !== 'k2'),
      textValues(),
    )
    expect(await collect(odd.getMany(['k1', 'k2', 'k3']))).toEqual([
      ['k1', '1'],
      ['k2', undefined],
      ['k3', '3'],
    ])
    expect(asked.flatMap(({ keys }) => keys)).toEqual(['k1', 'k3'])
  })

  it.each([{ batches: true }, { batches: false }])(
    'names the key that is illegal, or whose value cannot be decoded (%o)',
    async how => {
      const { store } = noting(how)
      const notes = pipe(store, mapKeys(prefix('k')), jsonValues())
      await store.set('k7', bytes('{'))
      expect(await rejection(collect(notes.getMany(['1', '7'])))).toMatchObject({
        code: 'Corrupt',
        op: 'getMany',
        key: '7',
      })
      expect(await rejection(collect(notes.getMany(['1', '\ud800'])))).toMatchObject({
        code: 'InvalidKey',
        op: 'getMany',
        key: '\ud800',
      })
    },
  )

  it('takes keys that come later, and says so when their source fails', async () => {
    for (const { store } of [noting(), noting({ batches: true })]) {
      async function* later() {
        yield 'k1'
        yield 'k2'
      }
      expect((await collect(store.getMany(later()))).map(([key]) => key)).toEqual(['k1', 'k2'])
      async function* failing() {
        yield 'k1'
        throw new RangeError('no more')
      }
      const error = await rejection(collect(store.getMany(failing())))
      expect(error).toMatchObject({ code: 'Aborted', op: 'getMany', cause: expect.any(RangeError) })
    }
  })

  it('refuses what is no iterable', async () => {
    const { store, asked } = noting({ batches: true })
    for (const keys of [undefined, null, 7, {}, { length: 1 }, () => {}])
      expect(await rejection(collect(store.getMany(keys as never)))).toMatchObject({
        code: 'InvalidArgument',
        op: 'getMany',
        detail: expect.stringContaining('getMany takes an array or another iterable, not '),
      })
    expect(asked).toEqual([])
  })

  it.each([{ batches: true }, { batches: false }])(
    'refuses bad options, an aborted signal and a closed store, before a key is taken (%o)',
    async how => {
      const { store } = noting(how)
      let taken = 0
      function* keys() {
        taken++
        yield 'k1'
      }
      const refused = async (code: string, options?: object) =>
        expect(await rejection(collect(store.getMany(keys(), options)))).toMatchObject({
          code,
          op: 'getMany',
        })
      await refused('InvalidArgument', { concurrency: 0 })
      await refused('Unsupported', { limit: 2 })
      await refused('Aborted', { signal: AbortSignal.abort() })
      await store.close()
      await refused('Closed')
      expect(taken).toBe(0)
    },
  )
})

describe('entries and values', () => {
  it.each([{ entries: true }, { entries: false }])(
    'give the keys of the view with their decoded values, in listing order (%o)',
    async how => {
      const { store } = noting(how)
      const view = pipe(store, mapKeys(prefix('k')), textValues())
      expect(await collect(view.entries())).toEqual(names(5).map((_, index) => [`${index}`, `${index}`]))
      expect(await collect(view.values())).toEqual(['0', '1', '2', '3', '4'])
      expect(await collect(view.entries({ limit: 2 }))).toEqual([
        ['0', '0'],
        ['1', '1'],
      ])
      for (const [, value] of await collect(store.entries())) expect(value.constructor).toBe(Uint8Array)
    },
  )

  it('leave out what vanishes between listing and reading', async () => {
    const { store, map } = noting()
    const seen: string[] = []
    for await (const [key] of store.entries({ concurrency: 1 })) {
      seen.push(key)
      map.delete('k2')
    }
    expect(seen).toEqual(['k0', 'k1', 'k3', 'k4'])
  })

  it('read sixteen values at once, or as many as `concurrency` says', async () => {
    const { store, state } = noting({ size: 60 })
    await collect(store.values())
    expect(state.most).toBe(16)
    state.most = 0
    await collect(store.entries({ concurrency: 2 }))
    expect(state.most).toBe(2)
  })

  it.each([{ entries: true }, { entries: false }])(
    'name the key whose value cannot be decoded (%o)',
    async how => {
      const { store } = noting(how)
      const picky = pipe(
        store,
        decodeValues<typeof store, string>(value => {
          if (text(value) === '3') throw new TypeError('not three')
          return text(value)
        }),
      )
      expect(await rejection(collect(picky.entries()))).toMatchObject({ op: 'entries', key: 'k3' })
      expect(await rejection(collect(picky.values()))).toMatchObject({ op: 'values', key: 'k3' })
    },
  )

  it.each([{ entries: true }, { entries: false }])(
    'refuse bad options, an aborted signal and a closed store (%o)',
    async how => {
      const { store, asked } = noting(how)
      for (const op of ['entries', 'values'] as const) {
        const refused = async (code: string, options?: object) =>
          expect(await rejection(collect<unknown>(store[op](options)))).toMatchObject({ code, op })
        await refused('InvalidArgument', { concurrency: 0 })
        await refused('InvalidArgument', { prefix: 7 })
        await refused('Aborted', { signal: AbortSignal.abort() })
      }
      await store.close()
      expect(await rejection(collect(store.entries()))).toMatchObject({ code: 'Closed', op: 'entries' })
      expect(asked).toEqual([])
    },
  )
})
