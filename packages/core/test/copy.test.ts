import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  type Condition,
  copy,
  createStore,
  fromMap,
  mapValues,
  memory,
  pipe,
  readOnly,
  StoreError,
  type ValueCodec,
} from '../src/index.ts'

const MIB = 1024 ** 2

interface Abilities {
  readonly reads?: boolean
  readonly writes?: boolean
  readonly batches?: boolean
  readonly conditions?: readonly Condition[]
  /** Called before each write. */
  readonly before?: (key: string) => unknown
}

/** A store that notes what its driver is asked, and how many calls are under way at once. */
function noting({ reads, writes, batches, conditions = [], before = () => {} }: Abilities = {}) {
  const map = new Map<string, Uint8Array>()
  const asked: string[] = []
  const options: object[] = []
  const state = { now: 0, most: 0 }
  const slowly = async (name: string, given: object) => {
    asked.push(name)
    options.push(given)
    state.now++
    state.most = Math.max(state.most, state.now)
    await new Promise(resolve => setImmediate(resolve))
    state.now--
  }
  const store = createStore({
    name: 'noting',
    guarantees: { conditions },
    async get(key: string, given: object) {
      await slowly(`get ${key}`, given)
      return map.get(key)?.slice()
    },
    keys: () => [...map.keys()],
    stat: (key: string) => {
      const value = map.get(key)
      return value && { size: value.byteLength }
    },
    async set(key: string, value: Uint8Array, given: object) {
      await before(key)
      await slowly(`set ${key}`, given)
      map.set(key, value)
    },
    delete: (key: string) => void map.delete(key),
    ...(reads && {
      async *readStream(key: string, _: unknown, given: object) {
        await slowly(`readStream ${key}`, given)
        yield map.get(key) as Uint8Array
      },
    }),
    ...(writes && {
      async writeStream(key: string, chunks: AsyncIterable<Uint8Array>, given: object) {
        await before(key)
        await slowly(`writeStream ${key}`, given)
        map.set(key, (await collect(chunks))[0] as Uint8Array)
      },
    }),
    ...(batches && {
      async setMany(entries: readonly (readonly [string, Uint8Array])[], given: object) {
        await slowly(`setMany ${entries.map(([key]) => key).join()}`, given)
        for (const [key, value] of entries) map.set(key, value)
      },
    }),
  })
  return { store, map, asked, options, state }
}

const negated: ValueCodec<Uint8Array, Uint8Array> = {
  decode: value => value.map(byte => ~byte),
  encode: value => value.map(byte => ~byte),
}

describe('copy carries', () => {
  it('what is longer than a mebibyte by stream, and the rest whole', async () => {
    const from = noting({ reads: true, writes: true })
    const to = noting({ reads: true, writes: true })
    from.map.set('long', new Uint8Array(MIB + 1))
    from.map.set('short', new Uint8Array(MIB))
    expect(await copy(from.store, to.store)).toEqual({ copied: 2, skipped: 0 })
    expect(from.asked.sort()).toEqual(['get short', 'readStream long'])
    expect(to.asked.sort()).toEqual(['set short', 'writeStream long'])
    expect(to.map.get('long')).toHaveLength(MIB + 1)
  })

  it.each([
    ['the source cannot stream', { writes: true }, { reads: true, writes: true }],
    ['the destination cannot', { reads: true, writes: true }, { reads: true }],
  ])('a long value whole where %s', async (_, source, destination) => {
    const [from, to] = [noting(source), noting(destination)]
    from.map.set('long', new Uint8Array(MIB + 1))
    await copy(from.store, to.store)
    expect(from.asked).toEqual(['get long'])
    expect(to.asked).toEqual(['set long'])
  })

  it('a long value whole where a codec cannot stream', async () => {
    const from = noting({ reads: true })
    const to = noting({ writes: true })
    from.map.set('long', new Uint8Array(MIB + 1))
    await copy(from.store, pipe(to.store, mapValues(negated)))
    await copy(pipe(from.store, mapValues(negated)), to.store)
    expect(to.asked).toEqual(['set long', 'set long'])
  })

  it('values of any kind between stores of them', async () => {
    const to = fromMap<number, string>()
    await copy(
      fromMap(
        new Map([
          [1, 'one'],
          [2, 'two'],
        ]),
      ),
      to,
    )
    expect(await collect(to)).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
  })

  it('sixteen keys at once, or as many as `concurrency` says', async () => {
    const from = noting()
    for (let index = 0; index < 50; index++) from.map.set(`${index}`, bytes('v'))
    const to = noting()
    await copy(from.store, to.store)
    expect(from.state.most).toBe(16)
    from.state.most = 0
    await copy(from.store, to.store, { concurrency: 2 })
    expect(from.state.most).toBe(2)
  })

  it('the signal to both stores, and nothing else of the options', async () => {
    const { signal } = new AbortController()
    for (const abilities of [{}, { batches: true }]) {
      const from = noting()
      const to = noting(abilities)
      from.map.set('a', bytes('v'))
      await copy(from.store, to.store, { signal, prefix: 'a', onProgress: () => {} })
      expect(from.options).toEqual([{ signal }])
      expect(to.options).toEqual([expect.objectContaining({ signal })])
    }
  })
})

describe('copy tells', () => {
  it('every call of both stores of the signal', async () => {
    const { signal } = new AbortController()
    const told: [string, unknown][] = []
    const telling = (side: string) => {
      const tell = <T>(call: string, given: { signal?: AbortSignal | undefined }, answer: T): T => {
        told.push([`${side} ${call}`, given.signal])
        return answer
      }
      return createStore({
        name: side,
        guarantees: { conditions: ['ifAbsent'] },
        has: (_, given) => tell('has', given, false),
        get: (_, given) => tell('get', given, bytes('v')),
        keys: given => tell('keys', given, ['long', 'short']),
        stat: (key, given) => tell('stat', given, { size: key === 'long' ? 2 * MIB : 1 }),
        set: (_, __, given) => tell('set', given, undefined),
        delete: () => {},
        readStream: (_, __, given) => tell('readStream', given, (async function* () {})()),
        writeStream: (_, __, given) => tell('writeStream', given, Promise.resolve()),
      })
    }
    await copy(telling('from'), telling('to'), { overwrite: false, signal, concurrency: 1 })
    expect(told.map(([call]) => call)).toEqual([
      'from keys',
      'to has',
      'from stat',
      'from readStream',
      'to writeStream',
      'to has',
      'from stat',
      'from get',
      'to set',
    ])
    expect(told.every(([, given]) => given === signal)).toBe(true)
  })

  it('which keys have failed, and nothing of them as progress', async () => {
    const before = (key: string) => {
      if (key === 'b') throw new StoreError('OutOfSpace', 'full')
    }
    for (const overwrite of [true, false]) {
      const from = noting()
      for (const key of ['a', 'b', 'c']) from.map.set(key, bytes('v'))
      const told: unknown[] = []
      const to = noting({ before, conditions: ['ifAbsent'] })
      const error = await rejection(
        copy(from.store, to.store, {
          overwrite,
          concurrency: 1,
          onProgress: progress => told.push(progress),
        }),
      )
      expect(error).toMatchObject({ code: 'OutOfSpace', op: 'copy' })
      expect([...(error.failures as Map<string, unknown>).keys()]).toEqual(['b'])
      expect(told).toEqual([
        { key: 'a', copied: 1, skipped: 0 },
        { key: 'c', copied: 2, skipped: 0 },
      ])
    }
  })

  it('that it was aborted, and not of each key that it had under way', async () => {
    const controller = new AbortController()
    const from = noting()
    for (let index = 0; index < 40; index++) from.map.set(`${index}`, bytes('v'))
    const to = noting({ before: key => key === '3' && controller.abort() })
    const error = await rejection(copy(from.store, to.store, { signal: controller.signal }))
    expect(error.code).toBe('Aborted')
    expect(error.failures).toBeUndefined()
  })
})

describe('copy skips', () => {
  it('with `overwrite: false` what is there already, without reading it, and guards the rest where it can', async () => {
    for (const conditions of [[], ['ifAbsent']] as const) {
      const from = noting({ reads: true })
      const to = noting({ writes: true, batches: true, conditions })
      for (const key of ['a', 'b']) from.map.set(key, bytes('new'))
      from.map.set('long', new Uint8Array(MIB + 1))
      to.map.set('a', bytes('old'))
      const told: unknown[] = []
      const result = await copy(from.store, to.store, {
        overwrite: false,
        concurrency: 1,
        onProgress: progress => told.push(progress),
      })
      expect(result).toEqual({ copied: 2, skipped: 1 })
      expect(told).toEqual([
        { key: 'a', copied: 0, skipped: 1 },
        { key: 'b', copied: 1, skipped: 1 },
        { key: 'long', copied: 2, skipped: 1 },
      ])
      expect(from.asked).toEqual(['get b', 'readStream long'])
      const guard = conditions.length > 0 ? { ifAbsent: true } : {}
      const condition = to.options.map(({ ifAbsent }: { ifAbsent?: boolean }) =>
        ifAbsent === true ? { ifAbsent } : {},
      )
      expect(condition.filter((_, index) => /^(set|write)/.test(to.asked[index] as string))).toEqual([
        guard,
        guard,
      ])
      expect(to.map.get('a')).toEqual(bytes('old'))
    }
  })

  it('what somebody else stores first, which is a failure where values are replaced', async () => {
    const before = () => {
      throw new StoreError('Conflict', 'there is a value already')
    }
    const from = noting()
    from.map.set('a', bytes('v'))
    const to = () => noting({ conditions: ['ifAbsent'], before }).store
    expect(await copy(from.store, to(), { overwrite: false })).toEqual({ copied: 0, skipped: 1 })
    const error = await rejection(copy(from.store, to()))
    expect(error).toMatchObject({ code: 'Conflict', op: 'copy' })
    expect([...(error.failures as Map<unknown, unknown>).keys()]).toEqual(['a'])
  })

  it('a key that is gone when its value is read', async () => {
    const gone = createStore({
      name: 'gone',
      get: () => undefined,
      keys: () => ['a', 'b'],
      stat: key => (key === 'b' ? { size: 2 * MIB } : undefined),
      readStream: () => undefined,
    })
    const to = noting({ writes: true })
    expect(await copy(gone, to.store)).toEqual({ copied: 0, skipped: 2 })
    expect(to.map.size).toBe(0)
  })
})

describe('copy refuses', () => {
  it('what are no stores, a destination that can only be read, and options that make no sense', async () => {
    const store = memory()
    await store.set('a', bytes('v'))
    await expect(copy({} as never, store)).rejects.toThrow(TypeError)
    await expect(copy(store, {} as never)).rejects.toThrow(TypeError)
    const refused = await rejection(copy(store, readOnly(memory()) as never))
    expect(refused).toMatchObject({ code: 'ReadOnly', op: 'copy' })
    expect(refused.failures).toBeUndefined()
    for (const options of [
      { overwrite: 'no' },
      { concurrency: 0 },
      { onProgress: 7 },
      { prefix: 7 },
      { sign: 1 },
      7,
    ])
      expect(await rejection(copy(store, memory(), options as never))).toMatchObject({
        code: 'InvalidArgument',
        op: 'copy',
      })
    expect(await rejection(copy(store, memory(), { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'Aborted',
      op: 'copy',
    })
  })

  it('to go on after an error that is no store’s', async () => {
    const before = () => {
      throw new RangeError('a bug')
    }
    const from = noting()
    for (let index = 0; index < 40; index++) from.map.set(`${index}`, bytes('v'))
    const error = await rejection(copy(from.store, noting({ before }).store))
    expect(error).toMatchObject({ op: 'copy', code: 'Unknown' })
    expect(error.failures?.size).toBe(40)
  })
})

describe('copy in batches', () => {
  it('sends a batch when it is full of entries or of bytes, and the rest at the end', async () => {
    const to = noting({ batches: true })
    const from = noting()
    for (let index = 0; index < 201; index++) from.map.set(`${index}`, bytes('v'))
    await copy(from.store, to.store, { concurrency: 1 })
    expect(to.asked.map(batch => batch.split(',').length)).toEqual([100, 100, 1])
    to.asked.length = 0
    from.map.clear()
    for (const key of ['a', 'b', 'c']) from.map.set(key, new Uint8Array(4 * MIB))
    await copy(from.store, to.store, { concurrency: 1 })
    expect(to.asked).toEqual(['setMany a,b', 'setMany c'])
  })

  it('asks for no batch where there is nothing to copy', async () => {
    const to = noting({ batches: true })
    expect(await copy(noting().store, to.store)).toEqual({ copied: 0, skipped: 0 })
    expect(to.asked).toEqual([])
  })

  it('counts the bytes of a batch', async () => {
    const from = noting()
    for (const key of ['a', 'b', 'c', 'd']) from.map.set(key, new Uint8Array(4 * MIB))
    const batches: number[] = []
    const to = createStore({
      name: 'whole',
      // All or nothing, so that the store does not cut batches again.
      guarantees: { batchAtomic: true },
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      setMany: (entries: readonly unknown[]) => void batches.push(entries.length),
    })
    await copy(from.store, to, { concurrency: 1 })
    expect(batches).toEqual([2, 2])
  })

  it('writes no entry again where the batch tells which have failed', async () => {
    const from = noting()
    for (const key of ['a', 'b', 'c']) from.map.set(key, bytes('v'))
    const singles: unknown[][] = []
    const full = new StoreError('OutOfSpace', 'full')
    const to = (failing: () => Map<string, StoreError>) =>
      createStore({
        name: 'telling',
        get: () => undefined,
        keys: () => [],
        set: (...given: unknown[]) => void singles.push(given),
        delete: () => {},
        setMany: failing,
      })
    const { signal } = new AbortController()
    const told: string[] = []
    const onProgress = ({ key }: { key: string }) => void told.push(key)
    const error = await rejection(
      copy(
        from.store,
        to(() => new Map([['b', full]])),
        { onProgress, signal },
      ),
    )
    expect([...(error.failures as Map<string, unknown>).keys()]).toEqual(['b'])
    expect(told).toEqual(['a', 'c'])
    expect(singles).toEqual([])
    await copy(
      from.store,
      to(() => {
        throw full
      }),
      { signal },
    )
    expect(singles.map(([key, , options]) => [key, options])).toEqual([
      ['a', { signal }],
      ['b', { signal }],
      ['c', { signal }],
    ])
  })

  it('ends when a batch fails because the call was aborted', async () => {
    const controller = new AbortController()
    const from = noting()
    from.map.set('a', bytes('v'))
    let singles = 0
    const to = createStore({
      name: 'aborting',
      get: () => undefined,
      keys: () => [],
      set: () => void singles++,
      delete: () => {},
      setMany() {
        controller.abort()
        throw new StoreError('Aborted', 'the call was aborted')
      },
    })
    const error = await rejection(copy(from.store, to, { signal: controller.signal }))
    expect(error).toMatchObject({ code: 'Aborted' })
    expect(error.failures).toBeUndefined()
    expect(singles).toBe(0)
  })
})
