import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createStore,
  guarantees,
  memory,
  pipe,
  type ReadOptions,
  readStream,
  StoreError,
  writeStream,
} from '../../src/index.ts'
import { retry } from '../../src/layers.ts'
import { scripted } from './support/scripted.ts'

const busy = (details: object = {}) => new StoreError('Unavailable', 'the backend is busy', details)
const doubtful = () => busy({ outcome: 'unknown' })
const AT_ONCE = { pause: 0 }

afterEach(() => {
  vi.useRealTimers()
})

describe('calls that fail for reasons that pass', () => {
  it('are made again, on every path', async () => {
    const { store: below, next } = scripted()
    const store = pipe(below, retry(AT_ONCE))
    next.set = [busy(), busy()]
    await store.set('a', bytes('1'))
    next.get = [busy()]
    expect(text(await store.get('a'))).toBe('1')
    next.has = [busy()]
    expect(await store.has('a')).toBe(true)
    next.stat = [busy()]
    expect(await store.stat('a')).toMatchObject({ size: 1 })
    next.keys = [busy()]
    expect(await collect(store.keys())).toEqual(['a'])
    next.get = [busy()]
    expect(await collect(store.entries())).toEqual([['a', bytes('1')]])
    next.get = [busy()]
    expect(await readStream(store, 'a')).toBeDefined()
    next.delete = [busy()]
    await store.delete('a')
    expect(await below.has('a')).toBe(false)
  })

  it('end with the last error, as often as the policy says, and at once where it does not pass', async () => {
    const { store: below, next, calls } = scripted()
    const store = pipe(below, retry({ attempts: 3, pause: 0 }))
    const errors = [busy(), busy(), busy(), busy()]
    next.get = [...errors]
    const error = await rejection(store.get('a'))
    expect(error).toMatchObject({ code: 'Unavailable', key: 'a', op: 'get', store: 'retry over scripted' })
    expect(calls).toEqual(['get a', 'get a', 'get a'])
    for (const code of ['PermissionDenied', 'Conflict', 'Corrupt'] as const) {
      calls.length = 0
      next.get = [new StoreError(code, 'no', { retryable: code === 'Conflict' })]
      expect(await rejection(store.get('a'))).toMatchObject({ code })
      expect(calls).toHaveLength(1)
    }
  })

  it('are as the policy says worth it, or not', async () => {
    const { store: below, next, calls } = scripted()
    const store = pipe(
      below,
      retry({ pause: 0, when: error => error.code === 'Corrupt' && error.key === 'a' }),
    )
    next.get = [new StoreError('Corrupt', 'cut')]
    await store.get('a')
    next.get = [busy()]
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unavailable' })
    expect(calls).toHaveLength(3)
    const failing = pipe(
      below,
      retry({
        when: () => {
          throw new Error('broken')
        },
      }),
    )
    next.get = [busy()]
    const error = await rejection(failing.get('a'))
    expect(error).toMatchObject({ code: 'InvalidArgument', key: 'a' })
    expect(error.message).toContain('when of retry failed: broken')
  })

  it('wait for as long as the error says, and not beyond the policy', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { store: below, next, calls } = scripted()
    const store = pipe(below, retry({ within: 10_000 }))
    next.get = [new StoreError('RateLimited', 'slowly', { retryAfterMs: 5000 })]
    const waiting = store.get('a')
    await vi.advanceTimersByTimeAsync(4999)
    expect(calls).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1001)
    await waiting
    expect(calls).toHaveLength(2)
    next.get = [new StoreError('RateLimited', 'slowly', { retryAfterMs: 10_001 })]
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'RateLimited', retryAfterMs: 10_001 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('end when the caller aborts during a pause', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { store: below, next } = scripted()
    const store = pipe(below, retry())
    next.get = [new StoreError('RateLimited', 'slowly', { retryAfterMs: 5000 })]
    const controller = new AbortController()
    const waiting = rejection(store.get('a', { signal: controller.signal }))
    await vi.advanceTimersByTimeAsync(10)
    controller.abort()
    expect(await waiting).toMatchObject({ code: 'Aborted' })
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a write whose outcome is unknown', () => {
  it('is not made again without a condition', async () => {
    const { store: below, next, calls } = scripted()
    const store = pipe(below, retry(AT_ONCE))
    next.set = [doubtful()]
    expect(await rejection(store.set('a', bytes('1')))).toMatchObject({ outcome: 'unknown' })
    next.delete = [doubtful()]
    expect(await rejection(store.delete('a'))).toMatchObject({ outcome: 'unknown' })
    expect(calls).toEqual(['set a', 'delete a'])
  })

  it('is made again under a condition, once, whether it had happened or not', async () => {
    for (const happened of [true, false]) {
      const { store: below, next } = scripted()
      const store = pipe(below, retry(AT_ONCE))
      const failing = (work: () => Promise<void>) => async () => {
        if (happened) await work()
        throw doubtful()
      }
      next.set = [failing(() => below.set('a', bytes('1')))]
      await store.set('a', bytes('1'), { ifAbsent: true })
      expect(text(await below.get('a'))).toBe('1')
      const { etag = '' } = (await below.stat('a')) ?? {}
      next.set = [failing(() => below.set('a', bytes('2')))]
      await store.set('a', bytes('2'), { ifMatch: etag })
      expect(text(await below.get('a'))).toBe('2')
      const { etag: second = '' } = (await below.stat('a')) ?? {}
      next.delete = [failing(() => below.delete('a'))]
      await store.delete('a', { ifMatch: second })
      expect(await below.has('a')).toBe(false)
    }
  })

  it('stays in doubt where somebody else has written since', async () => {
    const { store: below, next } = scripted()
    const store = pipe(below, retry(AT_ONCE))
    next.set = [
      async () => {
        await below.set('a', bytes('theirs'))
        throw doubtful()
      },
    ]
    expect(await rejection(store.set('a', bytes('mine'), { ifAbsent: true }))).toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
    expect(text(await below.get('a'))).toBe('theirs')
    next.set = [doubtful(), busy(), busy(), busy(), busy()]
    expect(await rejection(store.set('b', bytes('mine'), { ifAbsent: true }))).toMatchObject({
      outcome: 'unknown',
    })
  })

  it('is a conflict as ever when nothing was in doubt', async () => {
    const { store: below, next } = scripted()
    const store = pipe(below, retry(AT_ONCE))
    await store.set('a', bytes('1'))
    next.set = [busy()]
    expect(await rejection(store.set('a', bytes('1'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
      outcome: 'not-applied',
    })
  })
})

describe('a listing that breaks off', () => {
  const KEYS = ['a', 'b', 'c', 'd', 'e']

  /** Lists `KEYS` and fails before some of them, once each. */
  function breaking(order: 'none' | 'utf8-bytes', failing: string[]) {
    const started: (string | undefined)[] = []
    return {
      started,
      store: createStore({
        name: 'breaking',
        guarantees: { order },
        get: key => bytes(key),
        *keys({ after }) {
          started.push(after)
          for (const key of KEYS.filter(each => after === undefined || each > after)) {
            if (failing.at(0) === key) {
              failing.shift()
              throw busy()
            }
            yield key
          }
        },
      }),
    }
  }

  it('goes on after the last key where keys come in order', async () => {
    const { store, started } = breaking('utf8-bytes', ['a', 'c', 'e'])
    const steady = pipe(store, retry(AT_ONCE))
    expect(await collect(steady.keys())).toEqual(KEYS)
    expect(started).toEqual([undefined, undefined, 'b', 'd'])
  })

  it('begins again only before its first key elsewhere', async () => {
    expect(await collect(pipe(breaking('none', ['a']).store, retry(AT_ONCE)).keys())).toEqual(KEYS)
    const keys: string[] = []
    const broken = (async () => {
      for await (const key of pipe(breaking('none', ['c']).store, retry(AT_ONCE)).keys()) keys.push(key)
    })()
    expect(await rejection(broken)).toMatchObject({ code: 'Unavailable' })
    expect(keys).toEqual(['a', 'b'])
  })

  it('counts against its limit once', async () => {
    const { store } = breaking('utf8-bytes', ['b', 'c'])
    expect(await collect(pipe(store, retry(AT_ONCE)).keys({ limit: 3 }))).toEqual(['a', 'b', 'c'])
  })
})

describe('batches and streams', () => {
  it('only what failed is written again, and what lasts is told by key', async () => {
    const below = memory()
    const tried: string[][] = []
    const store = createStore({
      name: 'batches',
      get: key => below.get(key),
      keys: () => below.keys(),
      set: () => {
        throw new Error('not one by one')
      },
      delete: () => {},
      async setMany(entries) {
        tried.push(entries.map(([key]) => key))
        const failed = entries.filter(([key]) => key === 'full' || (key === 'busy' && tried.length < 3))
        for (const entry of entries) if (!failed.includes(entry)) await below.set(...entry)
        return new Map(
          failed.map(([key]) => [key, key === 'busy' ? busy() : new StoreError('OutOfSpace', 'full')]),
        )
      },
    })
    const steady = pipe(store, retry(AT_ONCE))
    const error = await rejection(steady.setMany(['a', 'busy', 'full'].map(key => [key, bytes(key)])))
    expect([...(error.failures ?? [])].map(([key, { code }]) => [key, code])).toEqual([
      ['full', 'OutOfSpace'],
    ])
    expect(tried).toEqual([['a', 'busy', 'full'], ['busy'], ['busy']])
    expect(await collect(below.keys())).toEqual(['a', 'busy'])
  })

  it('a store whose batches are all or nothing stays one', async () => {
    const store = pipe(memory(), retry(AT_ONCE))
    expect(guarantees(store).batchAtomic).toBe(true)
  })

  it('what has been read of a source is not read again', async () => {
    const { store: below, next } = scripted()
    const store = pipe(below, retry(AT_ONCE))
    next.set = [busy()]
    expect(await rejection(writeStream(store, 'a', [bytes('1')]))).toMatchObject({ code: 'Unavailable' })
    expect(await below.has('a')).toBe(false)
  })
})

describe('the time that a policy gives', () => {
  it('begins with the first attempt', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    await vi.advanceTimersByTimeAsync(100_000)
    const { store: below, next, calls } = scripted()
    const store = pipe(below, retry({ within: 1000, pause: 0 }))
    const failingAfter = (wait: number) => async () => {
      await new Promise(resolve => setTimeout(resolve, wait))
      throw new StoreError('RateLimited', 'slowly', { retryAfterMs: 200 })
    }
    next.get = [failingAfter(700)]
    const good = store.get('a')
    await vi.advanceTimersByTimeAsync(1000)
    expect(await good).toBeUndefined()
    expect(calls).toHaveLength(2)
    next.get = [failingAfter(900)]
    const late = rejection(store.get('a'))
    await vi.advanceTimersByTimeAsync(2000)
    expect(await late).toMatchObject({ code: 'RateLimited' })
    expect(calls).toHaveLength(3)
  })

  it.each([
    { attempts: 0 },
    { pause: -1 },
    { longest: 2 ** 31 },
    { within: 0.5 },
    { when: true },
    { tries: 5 },
  ])('%j makes no sense', options => {
    expect(() => retry(options as never)).toThrow(/^retry[: ]/)
  })
})

it('whether a failure is worth it is answered at once, by true or false', async () => {
  const { store: below, next } = scripted()
  for (const answer of ['yes', Promise.resolve(true), undefined]) {
    next.get = [busy()]
    const error = await rejection(pipe(below, retry({ when: (() => answer) as never })).get('a'))
    expect(error).toMatchObject({ code: 'InvalidArgument' })
    expect(error.message).toContain('when of retry answers true or false at once, not ')
  }
})

describe('a conditional write that stays in doubt', () => {
  /** A store whose writes end as a script says, and what it was asked. */
  function doubted(ends: readonly (StoreError | undefined)[], value?: Uint8Array) {
    const asked: string[] = []
    const signals: (AbortSignal | undefined)[] = []
    const left = [...ends]
    let looks: (StoreError | undefined)[] = []
    const write = (op: string) => () => {
      asked.push(op)
      const end = left.shift()
      if (end !== undefined) throw end
    }
    const look = (op: string, signal: AbortSignal | undefined) => {
      asked.push(op)
      signals.push(signal)
      const end = looks.shift()
      if (end !== undefined) throw end
    }
    const store = createStore({
      name: 'doubted',
      guarantees: { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] },
      get: (_, { signal }: ReadOptions) => {
        look('get', signal)
        return value
      },
      has: (_, { signal }: ReadOptions) => {
        look('has', signal)
        return value !== undefined
      },
      keys: () => [],
      set: write('set'),
      delete: write('delete'),
    })
    return {
      store: pipe(store, retry({ attempts: 4, pause: 0 })),
      asked,
      signals,
      looking: (...next: (StoreError | undefined)[]) => {
        looks = next
      },
    }
  }
  const conflict = () => new StoreError('Conflict', 'there is a value already')

  it('is looked at again while the look fails', async () => {
    const { store, asked, looking } = doubted([doubtful(), conflict(), conflict()], bytes('mine'))
    looking(busy())
    await store.set('a', bytes('mine'), { ifAbsent: true })
    expect(asked).toEqual(['set', 'set', 'get', 'set', 'get'])
  })

  it('is tried no more once somebody else has won', async () => {
    const { store, asked } = doubted([doubtful(), conflict(), undefined], bytes('theirs'))
    expect(await rejection(store.set('a', bytes('mine'), { ifAbsent: true }))).toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
    expect(asked).toEqual(['set', 'set', 'get'])
  })

  it('is tried no more after a failure that lasts, which tells that it may have happened', async () => {
    const { store, asked } = doubted([doubtful(), new StoreError('OutOfSpace', 'full')], bytes('mine'))
    expect(await rejection(store.set('a', bytes('mine'), { ifAbsent: true }))).toMatchObject({
      code: 'OutOfSpace',
      outcome: 'unknown',
    })
    expect(asked).toEqual(['set', 'set'])
  })

  it('is looked at with the signal of the call', async () => {
    const { signal } = new AbortController()
    const { store, asked, signals } = doubted([doubtful(), conflict()])
    await store.delete('a', { ifMatch: '1', signal })
    expect(asked).toEqual(['delete', 'delete', 'has'])
    expect(signals).toEqual([expect.any(AbortSignal)])
    const without = doubted([doubtful(), conflict()], bytes('mine'))
    await without.store.set('a', bytes('mine'), { ifMatch: '1' })
    expect(without.signals).toEqual([undefined])
  })
})

describe('a batch', () => {
  const batches = (fail: (keys: readonly string[]) => ReadonlyMap<string, unknown>) =>
    pipe(
      createStore({
        name: 'batches',
        get: () => undefined,
        keys: () => [],
        set: () => {},
        delete: () => {},
        setMany: entries => fail(entries.map(([key]) => key)),
      }),
      retry({ attempts: 3, pause: 0 }),
    )
  const entries = ['a', 'busy', 'full'].map(key => [key, bytes(key)] as const)

  it('tells what still fails after the last attempt, and what lasts', async () => {
    const tried: string[][] = []
    const store = batches(keys => {
      tried.push([...keys])
      return new Map(
        keys.flatMap(key => {
          if (key === 'a') return []
          return [[key, key === 'busy' ? busy() : new StoreError('OutOfSpace', 'full')] as const]
        }),
      )
    })
    const { failures } = await rejection(store.setMany(entries))
    expect([...(failures ?? [])].map(([key, { code }]) => `${key} ${code}`).sort()).toEqual([
      'busy Unavailable',
      'full OutOfSpace',
    ])
    expect(tried).toEqual([['a', 'busy', 'full'], ['busy'], ['busy']])
  })

  it('that fails as a whole fails with that', async () => {
    let tries = 0
    const store = batches(() => {
      tries++
      throw new StoreError('PermissionDenied', 'no')
    })
    expect(await rejection(store.setMany(entries))).toMatchObject({ code: 'PermissionDenied' })
    expect(tries).toBe(1)
  })
})

describe('pages that break off', () => {
  const KEYS = ['a', 'b', 'c', 'd', 'e']

  it('an empty page is no beginning', async () => {
    for (const order of ['none', 'utf8-bytes'] as const) {
      let fails = 1
      const began: unknown[] = []
      const below = createStore({
        name: 'sparse',
        guarantees: { order },
        get: () => undefined,
        async *keyPages({ after }) {
          began.push(after)
          yield []
          if (fails-- > 0) throw busy()
          yield KEYS
        },
      })
      expect(await collect(pipe(below, retry(AT_ONCE)).keys())).toEqual(KEYS)
      expect(began).toEqual([undefined, undefined])
    }
  })

  it('go on before the last key where they run backwards, and behind it for entries', async () => {
    const began: object[] = []
    let failing = ['c']
    const below = createStore({
      name: 'backwards',
      guarantees: { order: 'utf8-bytes', reverse: true },
      get: key => bytes(key),
      async *keyPages({ reverse, from, before, after, limit }) {
        began.push({ reverse, from, before, after, limit })
        const keys = KEYS.filter(
          key =>
            (from === undefined || key >= from) &&
            (before === undefined || key < before) &&
            (after === undefined || key > after),
        )
        for (const key of reverse ? keys.reverse() : keys) {
          if (failing[0] === key) {
            failing.shift()
            throw busy()
          }
          yield [key]
        }
      },
    })
    const store = pipe(below, retry(AT_ONCE))
    expect(await collect(store.keys({ reverse: true, from: 'b' }))).toEqual(['e', 'd', 'c', 'b'])
    expect(began).toMatchObject([
      { reverse: true, from: 'b', before: undefined },
      { reverse: true, from: 'b', before: 'd', after: undefined, limit: undefined },
    ])
    failing = ['c']
    began.length = 0
    expect(await collect(store.keys({ reverse: true }))).toEqual(['e', 'd', 'c', 'b', 'a'])
    expect(began[1]).toMatchObject({ reverse: true, from: undefined, before: 'd' })
    failing = ['c']
    began.length = 0
    expect(await collect(store.keys({ from: 'b' }))).toEqual(['b', 'c', 'd', 'e'])
    expect(began[1]).toMatchObject({ from: undefined, after: 'b', before: undefined })
  })

  it('that are left end below', async () => {
    let ended = 0
    const below = createStore({
      name: 'left',
      get: () => undefined,
      async *keyPages() {
        try {
          yield ['a']
          yield ['b']
        } finally {
          ended++
        }
      },
    })
    for await (const _ of pipe(below, retry(AT_ONCE)).keys()) break
    expect(ended).toBe(1)
  })
})
