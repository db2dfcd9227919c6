import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it, vi } from 'vitest'
import {
  createStore,
  guarantees,
  memory,
  pipe,
  readStream,
  StoreError,
  writeStream,
} from '../../src/index.ts'
import { limit } from '../../src/layers.ts'
import { manualClock } from './support/manual-clock.ts'

/** A store whose reads end when they are told to, and what has begun. */
function gated() {
  const begun: string[] = []
  const gates = new Map<string, () => void>()
  let most = 0
  let under = 0
  const store = createStore({
    name: 'gated',
    async get(key) {
      begun.push(key)
      most = Math.max(most, ++under)
      await new Promise<void>(resolve => gates.set(key, resolve))
      under--
      return bytes(key)
    },
    keys: () => [],
  })
  return { store, begun, open: (key: string) => gates.get(key)?.(), most: () => most }
}

/** What is due in this turn of the event loop has happened. */
const settled = () => new Promise<void>(resolve => setImmediate(resolve))

describe('so many at once', () => {
  it('the others wait in line, and begin in their order', async () => {
    const { store: below, begun, open, most } = gated()
    const store = pipe(below, limit({ concurrency: 2 }))
    const calls = ['a', 'b', 'c', 'd'].map(key => store.get(key))
    await settled()
    expect(begun).toEqual(['a', 'b'])
    open('b')
    await settled()
    expect(begun).toEqual(['a', 'b', 'c'])
    open('a')
    await settled()
    for (const key of ['c', 'd']) open(key)
    await settled()
    expect((await Promise.all(calls)).map(text)).toEqual(['a', 'b', 'c', 'd'])
    expect(most()).toBe(2)
  })

  it('who aborts leaves the line, and a failure makes room', async () => {
    const { store: below, begun, open } = gated()
    const store = pipe(below, limit({ concurrency: 1 }))
    const first = store.get('a')
    const controller = new AbortController()
    const left = rejection(store.get('b', { signal: controller.signal }))
    const last = store.get('c')
    await settled()
    controller.abort()
    expect(await left).toMatchObject({ code: 'Aborted', key: 'b' })
    open('a')
    await settled()
    open('c')
    await Promise.all([first, last])
    expect(begun).toEqual(['a', 'c'])
    const failing = pipe(
      createStore({ name: 'failing', get: () => Promise.reject(new Error('no')), keys: () => [] }),
      limit({ concurrency: 1 }),
    )
    for (let round = 0; round < 3; round++)
      expect(await rejection(failing.get('a'))).toMatchObject({
        code: 'Unknown',
        store: 'limit over failing',
      })
  })

  it('a batch that the storage has not is as many calls as it has entries', async () => {
    const { store: below, begun, open, most } = gated()
    const store = pipe(below, limit({ concurrency: 2 }))
    const reading = collect(store.getMany(['a', 'b', 'c']))
    await settled()
    expect(begun).toEqual(['a', 'b'])
    for (const key of ['a', 'b', 'c']) {
      open(key)
      await settled()
    }
    await reading
    expect(most()).toBe(2)
    expect(guarantees(pipe(memory(), limit({ concurrency: 2 }))).batchAtomic).toBe(true)
  })

  it('loops, streams and copies may call the store as they go, also where only one call may be under way', async () => {
    const store = pipe(memory(), limit({ concurrency: 1 }))
    await store.setMany(['a', 'b', 'c'].map(key => [key, bytes(key)]))
    const seen: string[] = []
    for await (const key of store.keys()) seen.push(`${key}: ${text(await store.get(key))}`)
    expect(seen).toEqual(['a: a', 'b: b', 'c: c'])
    for await (const [key, value] of store) await store.set(key, new Uint8Array([...value, ...value]))
    await writeStream(store, 'd', (await readStream(store, 'a')) as never)
    expect(text(await store.get('d'))).toBe('aa')
    const stream = await readStream(store, 'a')
    await store.delete('a')
    expect(text(await joined(stream as never))).toBe('aa')
    const broken = async function* () {
      yield (await store.get('b')) as Uint8Array
      throw new Error('broken')
    }
    for (let round = 0; round < 3; round++)
      expect(await rejection(writeStream(store, 'e', broken()))).toMatchObject({ code: 'Aborted' })
    expect(await store.has('e')).toBe(false)
  })
})

describe('so many within a time', () => {
  it('never more begin within any span of it', async () => {
    const clock = manualClock()
    const begun: number[] = []
    const below = createStore({
      name: 'noted',
      get: () => {
        begun.push(clock.now())
        return undefined
      },
      keys: () => [],
    })
    const store = pipe(below, limit({ rate: { calls: 3, per: 1000 }, clock }))
    await store.get('a')
    clock.advance(600)
    const calls = Array.from({ length: 6 }, () => store.get('a'))
    for (let step = 0; step < 100; step++) {
      await settled()
      clock.advance(50)
    }
    await Promise.all(calls)
    expect(begun).toEqual([0, 600, 600, 1000, 1600, 1600, 2000])
    for (const [index, time] of begun.entries())
      expect(
        begun.filter(other => other > time - 1000 && other <= time).length,
        `call ${index}`,
      ).toBeLessThan(4)
    expect(clock.timers).toBe(0)
  })

  it('sets no timer under the limit, and one for a whole line', async () => {
    const clock = manualClock()
    const after = vi.spyOn(clock, 'after')
    const store = pipe(memory(), limit({ concurrency: 4, rate: { calls: 100, per: 1000 }, clock }))
    for (let call = 0; call < 100; call++) await store.get('a')
    expect(after).not.toHaveBeenCalled()
    const waiting = Array.from({ length: 50 }, () => store.get('a'))
    await settled()
    expect(clock.timers).toBe(1)
    clock.advance(1000)
    await Promise.all(waiting)
    expect(clock.timers).toBe(0)
  })

  it('a clock that is set back makes nobody wait longer than the span', async () => {
    const clock = manualClock()
    const store = pipe(memory(), limit({ rate: { calls: 1, per: 1000 }, clock }))
    await store.get('a')
    clock.advance(-1_000_000)
    const waiting = store.get('a')
    await settled()
    clock.advance(1000)
    await waiting
  })

  it('who aborts while only time is in the way leaves no timer', async () => {
    const clock = manualClock()
    const store = pipe(memory(), limit({ rate: { calls: 1, per: 1000 }, clock }))
    await store.get('a')
    const controller = new AbortController()
    const left = rejection(store.get('a', { signal: controller.signal }))
    await settled()
    expect(clock.timers).toBe(1)
    controller.abort()
    await left
    expect(clock.timers).toBe(0)
  })
})

describe('what counts for the rate', () => {
  const onePerSecond = (clock: ReturnType<typeof manualClock>) =>
    limit({ rate: { calls: 1, per: 1000 }, clock })

  it('each page of a storage that lists in pages', async () => {
    const clock = manualClock()
    let pages = 0
    const below = createStore({
      name: 'paged',
      get: () => undefined,
      async *keyPages() {
        for (const page of [['a'], ['b'], ['c']]) {
          pages++
          yield page
        }
      },
    })
    const listing = collect(pipe(below, onePerSecond(clock)).keys())
    for (const begun of [1, 2, 3, 3]) {
      await settled()
      expect(pages).toBe(begun)
      clock.advance(1000)
    }
    expect(await listing).toEqual(['a', 'b', 'c'])
  })

  it('a listing once where the storage lists key by key', async () => {
    const clock = manualClock()
    const keys = Array.from({ length: 5000 }, (_, index) => `key ${index}`)
    const below = createStore({ name: 'listed', get: () => undefined, keys: () => keys })
    const store = pipe(below, onePerSecond(clock))
    expect(await collect(store.keys())).toEqual(keys)
    const second = collect(store.keys({ limit: 1 }))
    await settled()
    expect(clock.timers).toBe(1)
    clock.advance(1000)
    expect(await second).toEqual(keys.slice(0, 1))
  })

  it('the opening of a stream, and none of its chunks', async () => {
    const clock = manualClock()
    const chunks = ['1', '2', '3'].map(bytes)
    const written: string[] = []
    const below = createStore({
      name: 'streaming',
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      readStream: async function* () {
        yield* chunks
      } as never,
      async writeStream(_, given) {
        for await (const chunk of given) written.push(text(chunk))
      },
    })
    const store = pipe(below, onePerSecond(clock))
    expect(text(await joined((await readStream(store, 'a')) as never))).toBe('123')
    const writing = writeStream(store, 'a', chunks)
    await settled()
    expect(written).toEqual([])
    expect(clock.timers).toBe(1)
    clock.advance(1000)
    await writing
    expect(written).toEqual(['1', '2', '3'])
    expect(clock.timers).toBe(0)
    const third = store.get('a')
    await settled()
    expect(clock.timers).toBe(1)
    clock.advance(1000)
    await third
  })
})

describe('the place of a write by stream', () => {
  it('is taken while the storage works on a chunk, and free while a chunk is awaited', async () => {
    const { store: gates, begun, open } = gated()
    let take = () => {}
    let give = () => {}
    const below = createStore({
      name: 'taking',
      get: key => gates.get(key),
      keys: () => [],
      set: () => {},
      delete: () => {},
      async writeStream(_, chunks) {
        for await (const _ of chunks)
          await new Promise<void>(resolve => {
            take = resolve
          })
      },
    })
    const store = pipe(below, limit({ concurrency: 1 }))
    const source = async function* () {
      yield bytes('1')
      await new Promise<void>(resolve => {
        give = resolve
      })
      yield bytes('2')
    }
    const writing = writeStream(store, 'a', source())
    await settled()
    const first = store.get('first')
    await settled()
    expect(begun).toEqual([])
    take()
    await settled()
    expect(begun).toEqual(['first'])
    give()
    open('first')
    await first
    await settled()
    const second = store.get('second')
    await settled()
    expect(begun).toEqual(['first'])
    take()
    await settled()
    const third = store.get('third')
    await settled()
    expect(begun).toEqual(['first', 'second'])
    open('second')
    await second
    await writing
    await settled()
    expect(begun).toEqual(['first', 'second', 'third'])
    open('third')
    await third
  })

  it('is given back once when the write is given up while a chunk is awaited', async () => {
    const { store: gates, begun, open } = gated()
    let give = () => {}
    const below = createStore({
      name: 'failing',
      get: key => gates.get(key),
      keys: () => [],
      set: () => {},
      delete: () => {},
      async writeStream(_, chunks) {
        chunks[Symbol.asyncIterator]()
          .next()
          .catch(() => {})
        await settled()
        throw new StoreError('Unavailable', 'gone')
      },
    })
    const store = pipe(below, limit({ concurrency: 1 }))
    const source = async function* () {
      await new Promise<void>(resolve => {
        give = resolve
      })
      yield bytes('1')
    }
    // The view may wait for the source.
    const failed = rejection(writeStream(store, 'a', source()))
    await settled()
    await settled()
    const calls = ['a', 'b', 'c'].map(key => store.get(key))
    await settled()
    expect(begun).toEqual(['a'])
    give()
    expect(await failed).toMatchObject({ code: 'Unavailable' })
    await settled()
    expect(begun).toEqual(['a'])
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      expect(begun).toHaveLength(index + 1)
      open(key)
      await settled()
    }
    await Promise.all(calls)
  })
})

describe('what is left', () => {
  it('ends the listing below, the stream below, and the source of a write', async () => {
    const ended: string[] = []
    const noted = async function* <T>(name: string, items: readonly T[]) {
      try {
        yield* items
      } finally {
        ended.push(name)
      }
    }
    const below = createStore({
      name: 'noted',
      get: () => undefined,
      keyPages: () => noted('pages', [['a'], ['b']]),
      set: () => {},
      delete: () => {},
      readStream: () => noted('chunks', ['1', '2'].map(bytes)) as never,
      async writeStream(_, chunks) {
        for await (const _ of chunks) break
        ended.push('written')
      },
    })
    const store = pipe(below, limit({ concurrency: 1 }))
    for await (const _ of store.keys()) break
    expect(ended).toEqual(['pages'])
    const reader = (await readStream(store, 'a'))?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(ended).toEqual(['pages', 'chunks'])
    await writeStream(store, 'a', noted('source', ['1', '2', '3'].map(bytes)))
    expect(ended).toEqual(['pages', 'chunks', 'source', 'written'])
  })
})

describe('options', () => {
  it.each([
    { concurrency: 0 },
    { concurrency: 1.5 },
    { rate: {} },
    { rate: 5 },
    { rate: { calls: 1 } },
    { rate: { per: 1 } },
    { rate: { calls: 0, per: 1 } },
    { rate: { calls: 1.5, per: 1 } },
    { rate: { calls: '1', per: 1 } },
    { rate: { calls: 1_000_001, per: 1 } },
    { rate: { calls: 1, per: 0 } },
    { rate: { calls: 1, per: 2 ** 31 } },
    { clock: {} },
    { clock: { now: () => 0 } },
    { clock: { after: () => () => {} } },
    { concurency: 1 },
  ])('%j makes no sense', options => {
    expect(() => limit(options as never)).toThrow(TypeError)
    expect(() => limit(options as never)).toThrow(/^limit[: ]/)
  })

  it.each([
    { rate: { calls: 1, per: 1 } },
    { rate: { calls: 1_000_000, per: 2 ** 31 - 1 } },
    { concurrency: Number.POSITIVE_INFINITY },
  ])('%j is the least or the most that there is', async options => {
    expect(await pipe(memory(), limit(options)).has('a')).toBe(false)
  })

  it('the platform gives the time where no clock is given', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const store = pipe(memory(), limit({ rate: { calls: 1, per: 1000 } }))
      await store.has('a')
      await vi.advanceTimersByTimeAsync(400)
      let ended = false
      const waiting = store.has('a').finally(() => {
        ended = true
      })
      const controller = new AbortController()
      const left = rejection(store.has('a', { signal: controller.signal }))
      controller.abort()
      await left
      await vi.advanceTimersByTimeAsync(599)
      expect(ended).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      await waiting
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
