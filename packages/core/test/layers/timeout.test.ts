import { bytes, collect, joined, rejection } from '@kvdol/test-support'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStore, memory, pipe, readStream, writeStream } from '../../src/index.ts'
import { timeout } from '../../src/layers.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

/** A store that never answers, and the signals that it was given. */
function silent() {
  const signals: (AbortSignal | undefined)[] = []
  const never = <T>({ signal }: { signal?: AbortSignal | undefined }) => {
    signals.push(signal)
    return new Promise<T>(() => {})
  }
  const store = createStore({
    name: 'silent',
    guarantees: { conditions: ['ifAbsent'] },
    get: (_, options) => never(options),
    set: (_, __, options) => never(options),
    delete: (_, options) => never(options),
    keys: options => ({ [Symbol.asyncIterator]: () => ({ next: () => never(options) }) }),
    readStream: (key, _, options) => {
      if (key === 'closed') return never(options)
      signals.push(options.signal)
      return (async function* () {
        yield bytes('one')
        await new Promise(() => {})
      })()
    },
    async writeStream(_, chunks, options) {
      signals.push(options.signal)
      for await (const _ of chunks) if (_.byteLength === 3) await new Promise(() => {})
    },
  })
  return { store, signals }
}

describe('a store that does not answer', () => {
  it.each([
    ['get', 1000, (store: Store) => store.get('a'), 'not-applied'],
    ['set', 2000, (store: Store) => store.set('a', bytes('1')), 'unknown'],
    ['delete', 2000, (store: Store) => store.delete('a'), 'unknown'],
    ['keys', 3000, (store: Store) => collect(store.keys()), 'not-applied'],
    ['readStream', 1000, (store: Store) => readStream(store, 'closed'), 'not-applied'],
    ['writeStream', 2000, (store: Store) => writeStream(store, 'a', [bytes('one')]), 'unknown'],
  ] as const)('%s rejects Timeout after %i ms and ends the call below', async (_, wait, call, outcome) => {
    const { store: below, signals } = silent()
    const store = pipe(below, timeout({ read: 1000, write: 2000, list: 3000 }))
    let ended: unknown
    call(store).catch((error: unknown) => {
      ended = error
    })
    await vi.advanceTimersByTimeAsync(wait - 1)
    expect(ended).toBeUndefined()
    await vi.advanceTimersByTimeAsync(2)
    expect(ended).toMatchObject({ code: 'Timeout', retryable: true, outcome, store: 'timeout over silent' })
    expect(signals.map(signal => signal?.aborted)).toEqual([true])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('rejects Aborted at once when the caller aborts, and ends the call below', async () => {
    const { store: below, signals } = silent()
    const store = pipe(below, timeout(1000))
    const controller = new AbortController()
    const { signal } = controller
    const calls = [
      rejection(store.get('a', { signal })),
      rejection(store.set('a', bytes('1'), { signal })),
      rejection(writeStream(store, 'a', [bytes('one')], { signal })),
    ]
    await vi.advanceTimersByTimeAsync(1)
    controller.abort()
    for (const call of calls) expect(await call).toMatchObject({ code: 'Aborted' })
    await vi.advanceTimersByTimeAsync(0)
    expect(signals.map(each => each?.aborted)).toEqual([true, true, true])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('may take as long as it takes where no deadline is set', async () => {
    const { store: below } = silent()
    const store = pipe(below, timeout({ write: 1000 }))
    let ended = false
    store.get('a').finally(() => {
      ended = true
    })
    await vi.advanceTimersByTimeAsync(100_000)
    expect(ended).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('time that the caller takes', () => {
  it('does not count, between pages, chunks and what is written', async () => {
    const below = memory()
    await below.setMany(['a', 'b'].map(key => [key, bytes(key)]))
    const store = pipe(below, timeout(1000))
    for await (const _ of store.keys()) await vi.advanceTimersByTimeAsync(5000)
    const slow = async function* () {
      yield bytes('1')
      await vi.advanceTimersByTimeAsync(5000)
      yield bytes('2')
    }
    await writeStream(store, 'c', slow())
    expect(await store.get('c')).toEqual(bytes('12'))
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a stream whose next chunk does not come rejects', async () => {
    const { store: below, signals } = silent()
    const store = pipe(below, timeout(1000))
    const stream = (await readStream(store, 'open')) as ReadableStream<Uint8Array>
    let ended: unknown
    joined(stream as never).catch((error: unknown) => {
      ended = error
    })
    await vi.advanceTimersByTimeAsync(1100)
    await vi.advanceTimersByTimeAsync(1100)
    expect(ended).toMatchObject({ code: 'Timeout', key: 'open' })
    expect(signals[0]?.aborted).toBe(true)
  })

  it('an answer that is there at once sets no timer', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout')
    const store = pipe(memory(), timeout(1000))
    await store.set('a', bytes('1'))
    await store.get('a')
    expect(set).not.toHaveBeenCalled()
    set.mockRestore()
  })
})

type Store = import('../../src/index.ts').Store<string, Uint8Array>

describe('deadlines', () => {
  it.each([[{}], [undefined], [{ read: undefined }]])('%j sets none', options => {
    expect(() => timeout(options as never)).toThrow(
      new TypeError('timeout takes a number of milliseconds, or at least one of read, write and list'),
    )
  })

  it.each([[-1], [Number.NaN], [{ read: 0.5 }], [{ reads: 1 }]])('%j makes no sense', options => {
    expect(() => timeout(options as never)).toThrow(/^timeout[: ]/)
  })

  it.each([{ read: 1000 }, { write: 1000 }, { list: 1000 }])('%j leaves the others alone', async only => {
    const { store: below, signals } = silent()
    const store = pipe(below, timeout(only))
    const calls = {
      read: [() => store.get('a'), () => readStream(store, 'closed')],
      write: [() => store.set('a', bytes('1')), () => writeStream(store, 'a', [bytes('one')])],
      list: [() => collect(store.keys())],
    }
    const ended = new Set<string>()
    for (const [name, each] of Object.entries(calls))
      for (const call of each) call().catch(() => ended.add(name))
    await vi.advanceTimersByTimeAsync(5000)
    expect([...ended]).toEqual(Object.keys(only))
    expect(signals.filter(signal => signal?.aborted)).toHaveLength(
      (calls[Object.keys(only)[0] as keyof typeof calls] as unknown[]).length,
    )
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a write by stream that is given up', () => {
  it('tells that it may have happened, and what to change', async () => {
    const { store: below } = silent()
    const store = pipe(below, timeout(1000))
    const controller = new AbortController()
    const left = rejection(writeStream(store, 'a', [bytes('one')], { signal: controller.signal }))
    await vi.advanceTimersByTimeAsync(1)
    controller.abort()
    expect(await left).toMatchObject({ code: 'Aborted', outcome: 'unknown' })
    const late = rejection(writeStream(store, 'a', [bytes('one')]))
    await vi.advanceTimersByTimeAsync(1000)
    expect((await late).message).toContain(
      'nothing was taken within 1000 ms; if that is too short, raise write',
    )
  })

  it('ends its source where the storage takes no more', async () => {
    const below = createStore({
      name: 'content',
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      async writeStream(_, chunks) {
        for await (const _ of chunks) break
      },
    })
    let ended = 0
    const source = async function* () {
      try {
        yield bytes('1')
        yield bytes('2')
      } finally {
        ended++
      }
    }
    await writeStream(pipe(below, timeout(1000)), 'a', source())
    expect(ended).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
