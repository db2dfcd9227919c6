import { setImmediate as turn } from 'node:timers/promises'
import { bytes, text } from '@kvdol/test-support'
import { describe, expect, it, vi } from 'vitest'
import {
  createStore,
  getOrInsert,
  mapValues,
  memory,
  pipe,
  rename,
  type Store,
  StoreError,
  take,
  textValues,
  update,
} from '../../src/index.ts'

const conflict = () => {
  throw new StoreError('Conflict', 'there is one already')
}

/** A driver, answering at once, whose `get` and conditions disagree for good. */
function disagreeing(value: Uint8Array | undefined): Store<string, Uint8Array> {
  return createStore({
    name: 'odd',
    guarantees: { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] },
    get: () => value,
    stat: () => value && { etag: 'old' },
    keys: () => [],
    set: conflict,
    delete: conflict,
  })
}

describe('get and the condition disagree', () => {
  const calls: Record<string, (signal?: AbortSignal) => Promise<unknown>> = {
    getOrInsert: signal => getOrInsert(disagreeing(undefined), 'k', () => bytes('x'), { signal }),
    take: signal => take(disagreeing(bytes('x')), 'k', { signal }),
    update: signal => update(disagreeing(bytes('x')), 'k', () => bytes('y'), { signal }),
  }

  it.each(Object.entries(calls))('%s ends with Conflict, after pauses', async (op, call) => {
    vi.useFakeTimers()
    try {
      const failed = call().catch((error: unknown) => error)
      await vi.runAllTimersAsync()
      expect(await failed).toMatchObject({
        code: 'Conflict',
        op,
        key: 'k',
        retryable: true,
        detail: 'the value changed during each of 101 tries',
      })
    } finally {
      vi.useRealTimers()
    }
  })

  it.each(Object.entries(calls))(
    '%s ends when its signal fires, though the driver answers at once',
    async (_, call) => {
      const controller = new AbortController()
      const failed = call(controller.signal).catch((error: unknown) => error)
      // Timers and this turn come only where the loop of tries leaves the event loop alone.
      await turn()
      controller.abort()
      expect(await failed).toMatchObject({ code: 'Aborted', key: 'k' })
    },
  )
})

describe('getOrInsert', () => {
  it('makes the value once, also when it is overtaken', async () => {
    const store = memory()
    let first = true
    const racing = createStore({
      name: 'racing',
      guarantees: { conditions: ['ifAbsent'] },
      keys: () => [],
      get: key => store.get(key),
      delete: key => store.delete(key),
      async set(key, value, options) {
        // The value comes and goes between the two calls.
        if (!first) return await store.set(key, value, options as object)
        first = false
        conflict()
      },
    })
    const make = vi.fn(() => bytes('made'))
    expect(text(await getOrInsert(racing, 'k', make))).toBe('made')
    expect(make).toHaveBeenCalledOnce()
  })
})

describe('take', () => {
  const unguarded = () => {
    const map = new Map<string, Uint8Array>([['k', bytes('v')]])
    return createStore({
      name: 'plain',
      get: key => map.get(key),
      keys: () => map.keys(),
      set: (key, value) => void map.set(key, value),
      delete: key => void map.delete(key),
    })
  }

  it('refuses a store that cannot delete conditionally, and leaves the value', async () => {
    const store = unguarded()
    await expect(take(store, 'k')).rejects.toMatchObject({
      code: 'Unsupported',
      op: 'take',
      key: 'k',
      detail: expect.stringContaining('{ unguarded: true }'),
    })
    expect(await store.has('k')).toBe(true)
  })

  it('takes from it when that is asked for', async () => {
    const store = unguarded()
    expect(text(await take(store, 'k', { unguarded: true }))).toBe('v')
    expect(await store.has('k')).toBe(false)
  })
})

describe('rename that copies', () => {
  /** A memory whose `get` gives way to somebody else's write at the worst moment. */
  function raced(conditions: readonly ('ifAbsent' | 'ifMatch' | 'deleteIfMatch')[], writes: string[]) {
    const below = memory()
    return {
      below,
      store: createStore<string, Uint8Array>({
        name: 'raced',
        guarantees: { conditions },
        keys: () => below.keys(),
        stat: key => below.stat(key),
        async get(key) {
          const value = await below.get(key)
          const next = key === 'a' ? writes.shift() : undefined
          if (next !== undefined) await below.set('a', bytes(next))
          return value
        },
        set: (key, value, { ifMatch, ifAbsent }) =>
          below.set(key, value, ifMatch === undefined ? { ifAbsent } : { ifMatch }),
        delete: (key, { ifMatch }) => below.delete(key, ifMatch === undefined ? {} : { ifMatch }),
      }),
    }
  }

  it.each([[['deleteIfMatch']], [['ifAbsent', 'ifMatch', 'deleteIfMatch']], [[]]] as const)(
    'moves what was written meanwhile, with the conditions %j',
    async conditions => {
      const { below, store } = raced(conditions, ['v2', 'v3'])
      await below.set('a', bytes('v1'))
      await rename(store, 'a', 'b')
      expect(text(await below.get('b'))).toBe('v3')
      expect(await below.has('a')).toBe(false)
    },
  )

  it('keeps ifAbsent, also when it starts again', async () => {
    const { below, store } = raced(['ifAbsent', 'ifMatch', 'deleteIfMatch'], ['v2'])
    await below.set('a', bytes('v1'))
    await rename(store, 'a', 'b', { ifAbsent: true })
    expect(text(await below.get('b'))).toBe('v2')
    await below.set('c', bytes('c'))
    await expect(rename(store, 'b', 'c', { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
    expect(text(await below.get('c'))).toBe('c')
    expect(text(await below.get('b'))).toBe('v2')
  })

  it('loses no value of concurrent sets over a value codec', async () => {
    const later = { decode: async (value: string) => value, encode: async (value: string) => value }
    for (let round = 0; round < 50; round++) {
      const store = pipe(memory(), textValues(), mapValues(later))
      await store.set('a', 'v1')
      const pauses = round
      const writing = (async () => {
        // Microtasks, so that the write comes at each step of the rename.
        for (let pause = 0; pause < pauses; pause++) await undefined
        await store.set('a', 'v2')
      })()
      await Promise.all([rename(store, 'a', 'b'), writing])
      expect([await store.get('a'), await store.get('b')]).toContain('v2')
    }
  })
})
