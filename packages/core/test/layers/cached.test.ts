import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  batch,
  fromMap,
  isStoreError,
  jsonValues,
  mapKeys,
  mapValues,
  memory,
  pipe,
  prefix,
  readStream,
  rename,
  type Store,
  type StoreError,
  update,
  writeStream,
} from '../../src/index.ts'
import { cached, tiered } from '../../src/layers.ts'
import { batching } from './support/batching.ts'
import { handClock } from './support/hand-clock.ts'
import { spied } from './support/spied.ts'

const fail = (): never => {
  throw Object.assign(new Error('the disk is on fire'), { code: 'EIO' })
}

describe('a cache of values', () => {
  it('reads the source once for two gets, and again after a set and a delete', async () => {
    const { store: source, calls } = spied(memory())
    const store = cached(source)
    await source.set('a', bytes('one'))
    calls.length = 0
    expect([text(await store.get('a')), text(await store.get('a'))]).toEqual(['one', 'one'])
    expect(calls).toEqual(['get a'])
    await store.set('a', bytes('two'))
    expect(text(await store.get('a'))).toBe('two')
    await store.delete('a')
    expect(await store.get('a')).toBeUndefined()
    expect(await store.has('a')).toBe(false)
  })

  it('gives each caller values of their own', async () => {
    const source = memory()
    await source.set('a', bytes('one'))
    const store = cached(source)
    const [first, second] = [await store.get('a'), await store.get('a')]
    first?.fill(0)
    second?.fill(0)
    expect(text(await store.get('a'))).toBe('one')

    const users = cached(pipe(memory(), jsonValues<{ name: string }>()))
    await users.set('ann', { name: 'Ann' })
    const ann = await users.get('ann')
    expect(ann).not.toBe(await users.get('ann'))
    if (ann) ann.name = 'Bob'
    expect(await users.get('ann')).toEqual({ name: 'Ann' })
  })

  it.each(['memory', 'of its own'])(
    'makes one fetch of 10,000 misses at the same time, near %s',
    async near => {
      const { store: source, calls } = spied(memory())
      await source.set('a', bytes('one'))
      calls.length = 0
      const store = cached(source, near === 'memory' ? {} : { near: spied(memory()).store })
      const values = await Promise.all(Array.from({ length: 10_000 }, () => store.get('a')))
      expect(calls).toEqual(['get a'])
      for (const value of values.slice(1)) value?.fill(0)
      expect(text(values[0])).toBe('one')
      expect(text(await store.get('a'))).toBe('one')
    },
  )

  it('keeps objects by reference only in a near store that does', async () => {
    const source = fromMap(new Map([[1, { name: 'Ann' }]]))
    expect(() => cached(source)).toThrow('give a near store')
    const near = fromMap(new Map<number, { name: string }>())
    const store = cached(source, { near })
    expect(await store.get(1)).toEqual({ name: 'Ann' })
    expect(await near.get(1)).toEqual({ name: 'Ann' })
  })

  it('stands under the codecs, and names the outer key when one fails', async () => {
    const source = memory()
    const store = cached(
      pipe(
        source,
        mapKeys(prefix('p/')),
        mapValues({
          decode: (stored: Uint8Array): string => {
            if (stored[0] === 0) throw new Error('no text')
            return text(stored)
          },
          encode: (value: string): Uint8Array => bytes(value),
        }),
      ),
    )
    await source.set('p/a', new Uint8Array(2))
    for (const _ of [1, 2]) {
      const error = await rejection(store.get('a'))
      expect(error).toMatchObject({ code: 'Corrupt', key: 'a', op: 'get' })
      expect(error.message).toContain('cached over')
    }
  })
})

describe('many at once', () => {
  it('come from near, and the rest by one batch of the store', async () => {
    const batches: string[][] = []
    const source = batching(memory(), batches)
    for (const key of ['a', 'b', 'c', 'd']) await source.set(key, bytes(key))
    const store = cached(source)
    await store.get('b')
    const read = await collect(store.getMany(['a', 'b', 'c', 'none', 'a', 'd']))
    expect(read.map(([, value]) => value && text(value))).toEqual(['a', 'b', 'c', undefined, 'a', 'd'])
    expect(batches).toEqual([['a', 'c', 'none', 'd']])
    for (const [, value] of read.slice(1)) value?.fill(0)
    expect(text(read[0]?.[1])).toBe('a')
    batches.length = 0
    expect((await collect(store.getMany(['a', 'b', 'c', 'd']))).map(([, value]) => text(value))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
    expect(batches).toEqual([])
  })

  it('keep nothing over a write that comes between', async () => {
    const batches: string[][] = []
    const inside = memory()
    const source = batching(inside, batches)
    const store = cached(source)
    await store.setMany(['a', 'b'].map(key => [key, bytes('old')]))
    const reading = collect(store.getMany(['a', 'b']))
    await expect.poll(() => batches.length).toBe(1)
    await store.set('a', bytes('new'))
    await reading
    expect(text(await store.get('a'))).toBe('new')
  })
})

describe('every way to write', () => {
  const ways: Record<string, (store: Store<string, Uint8Array>) => Promise<unknown>> = {
    set: store => store.set('a', bytes('new')),
    setMany: store => store.setMany([['a', bytes('new')]]),
    batch: store => batch(store, [{ set: 'a', value: bytes('new') }]),
    writeStream: store => writeStream(store, 'a', [bytes('new')]),
    rename: async store => {
      await store.set('b', bytes('new'))
      await rename(store, 'b', 'a')
    },
    'a conditional set': async store =>
      store.set('a', bytes('new'), { ifMatch: (await store.stat('a'))?.etag ?? '' }),
    update: store => update(store, 'a', () => bytes('new')),
  }
  it.each(Object.entries(ways))(
    '%s is seen by the next read, with and without kept writes',
    async (_, write) => {
      for (const keepWrites of [false, true]) {
        const store = cached(memory(), { keepWrites, negative: true })
        await store.set('a', bytes('old'))
        expect(text(await store.get('a'))).toBe('old')
        await write(store)
        expect(text(await store.get('a'))).toBe('new')
        await store.deleteMany(['a'])
        expect(await store.get('a')).toBeUndefined()
      }
    },
  )

  it('nobody reads an old value after somebody has read the new one, during a write', async () => {
    const { store: source, before } = spied(memory())
    const store = cached(source)
    await store.set('a', bytes('old'))
    await store.get('a')
    let finish = () => {}
    let stored = () => {}
    const applied = new Promise<void>(resolve => {
      stored = resolve
    })
    const end = new Promise<void>(resolve => {
      finish = resolve
    })
    before.set = async (_key, value) => {
      before.set = undefined
      await source.set('a', value)
      stored()
      await end
    }
    const writing = store.set('a', bytes('new'))
    await applied
    expect(text(await store.get('a'))).toBe('new')
    expect(text(await store.get('a'))).toBe('new')
    finish()
    await writing
    expect(text(await store.get('a'))).toBe('new')
  })

  it('a conditional write never answers to a value older than its etag', async () => {
    const source = memory()
    const counter = pipe(cached(source), jsonValues<number>())
    const elsewhere = pipe(source, jsonValues<number>())
    await counter.set('n', 1)
    expect(await counter.get('n')).toBe(1)
    await elsewhere.set('n', 10)
    // Cached is 1 still.
    expect(await counter.get('n')).toBe(1)
    await update(counter, 'n', n => (n ?? 0) + 1)
    expect(await elsewhere.get('n')).toBe(11)

    expect(await counter.get('n')).toBe(11)
    await elsewhere.set('n', 20)
    const ifMatch = (await counter.stat('n'))?.etag ?? ''
    await counter.set('n', ((await counter.get('n')) ?? 0) + 1, { ifMatch })
    expect(await elsewhere.get('n')).toBe(21)
  })

  it('drops what a failed write may have changed', async () => {
    const { store: source, before } = spied(memory())
    const store = cached(source)
    await store.set('a', bytes('old'))
    await store.get('a')
    before.set = async (_key, value) => {
      before.set = undefined
      await source.set('a', value)
      fail()
    }
    expect(await rejection(store.set('a', bytes('new')))).toMatchObject({
      code: 'Unknown',
      outcome: 'unknown',
    })
    expect(text(await store.get('a'))).toBe('new')
  })
})

describe('absence', () => {
  it('is not kept unless asked for', async () => {
    const { store: source, calls } = spied(memory())
    const plain = cached(source)
    expect([await plain.get('a'), await plain.get('a')]).toEqual([undefined, undefined])
    expect(calls).toEqual(['get a', 'get a'])
    calls.length = 0
    const negative = cached(source, { negative: true })
    expect([await negative.get('a'), await negative.get('a')]).toEqual([undefined, undefined])
    expect(await negative.has('a')).toBe(false)
    expect(calls).toEqual(['get a'])
    await negative.set('a', bytes('one'))
    expect(text(await negative.get('a'))).toBe('one')
  })

  it('is kept for a time of its own', async () => {
    const source = memory()
    const { now, pass } = handClock()
    const store = cached(source, { negative: 10, ttl: 1000, now })
    expect(await store.get('a')).toBeUndefined()
    await source.set('a', bytes('one'))
    pass(9)
    expect(await store.get('a')).toBeUndefined()
    pass(1)
    expect(text(await store.get('a'))).toBe('one')
  })

  it('is no way to fill the memory', async () => {
    const { store: source, calls } = spied(memory())
    const store = cached(source, { negative: true, max: 2 })
    for (const key of ['a', 'b', 'c', 'a']) await store.get(key)
    expect(calls).toEqual(['get a', 'get b', 'get c', 'get a'])
  })
})

describe('time', () => {
  it('ends what is kept after its ttl, and a clock that is set back ends it too', async () => {
    const source = memory()
    const { now, pass, set } = handClock()
    const store = cached(source, { ttl: 100, now })
    await source.set('a', bytes('one'))
    await store.get('a')
    await source.set('a', bytes('two'))
    pass(99)
    expect(text(await store.get('a'))).toBe('one')
    pass(1)
    expect(text(await store.get('a'))).toBe('two')
    await source.set('a', bytes('three'))
    set(0)
    expect(text(await store.get('a'))).toBe('three')
  })

  it('a clock that fails or gives no number is no clock, and reads go on', async () => {
    const told: string[] = []
    let now = (): number => 0
    const source = memory()
    await source.set('a', bytes('one'))
    const store = cached(source, { ttl: 100, now: () => now(), onCacheError: ({ code }) => told.push(code) })
    await store.get('a')
    now = () => Number.NaN
    expect(text(await store.get('a'))).toBe('one')
    now = fail
    expect(text(await store.get('a'))).toBe('one')
    expect(told.length).toBeGreaterThan(0)
  })

  it('gives what is stale while it fetches the new value once, and tells when that fails', async () => {
    const { store: source, calls, before } = spied(memory())
    const { now, pass } = handClock()
    const told: [string, unknown][] = []
    const store = cached(source, {
      ttl: 100,
      staleWhileRevalidate: 50,
      now,
      onCacheError: ({ code }, key) => told.push([code, key]),
    })
    await source.set('a', bytes('one'))
    await store.get('a')
    await source.set('a', bytes('two'))
    calls.length = 0
    pass(120)
    expect([text(await store.get('a')), text(await store.get('a'))]).toEqual(['one', 'one'])
    await expect.poll(async () => text(await store.get('a'))).toBe('two')
    expect(calls).toEqual(['get a'])

    pass(120)
    before.get = fail
    expect(text(await store.get('a'))).toBe('two')
    await expect.poll(() => told).toEqual([['Unknown', 'a']])
    pass(100)
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unknown', key: 'a' })
  })
})

describe('changes made elsewhere', () => {
  it('are seen at once when etags are asked for, and only then read', async () => {
    const { store: source, calls } = spied(memory())
    const store = cached(source, { revalidate: 'etag' })
    await source.set('a', bytes('one'))
    await store.get('a')
    calls.length = 0
    expect(text(await store.get('a'))).toBe('one')
    expect(calls).toEqual(['stat a'])
    await source.set('a', bytes('two'))
    expect(text(await store.get('a'))).toBe('two')
    await source.delete('a')
    expect(await store.get('a')).toBeUndefined()
  })

  it('are asked for after the ttl only', async () => {
    const { store: source, calls } = spied(memory())
    const { now, pass } = handClock()
    const store = cached(source, { revalidate: 'etag', ttl: 100, now })
    await source.set('a', bytes('one'))
    await store.get('a')
    calls.length = 0
    pass(100)
    await store.get('a')
    await store.get('a')
    expect(calls).toEqual(['stat a'])
  })

  it('are seen after forget', async () => {
    const source = memory()
    const store = cached(pipe(source, mapKeys(prefix('p/'))))
    await store.set('a', bytes('one'))
    await store.get('a')
    await source.set('p/a', bytes('two'))
    await store.forget('a')
    expect(text(await store.get('a'))).toBe('two')
    expect(await rejection(store.forget(''))).toMatchObject({ code: 'InvalidKey' })
    await store.close()
    expect(await rejection(store.forget('a'))).toMatchObject({ code: 'Closed', op: 'forget' })
  })
})

describe('the bound', () => {
  it('drops what was read least recently, from a near store that has none too', async () => {
    const { store: source, calls } = spied(memory())
    for (const key of ['a', 'b', 'c']) await source.set(key, bytes(key))
    const near = memory()
    const store = cached(source, { near, max: 2 })
    for (const key of ['a', 'b', 'a', 'c']) await store.get(key)
    expect((await collect(near.keys())).sort()).toEqual(['a', 'c'])
    calls.length = 0
    for (const key of ['a', 'c', 'b']) await store.get(key)
    expect(calls).toEqual(['get b'])
  })

  it('a value that does not fit is read from the store and is no failure', async () => {
    const told: StoreError[] = []
    const source = memory()
    const store = cached(source, { near: memory({ maxBytes: 4 }), onCacheError: error => told.push(error) })
    await source.set('a', bytes('12345'))
    expect(text(await store.get('a'))).toBe('12345')
    expect(text(await store.get('a'))).toBe('12345')
    expect(told).toEqual([])
  })
})

describe('a near store that fails', () => {
  it.each(['get', 'set', 'delete', 'has'] as const)(
    'at %s never fails a call, and is reported by the outer key',
    async op => {
      const { store: near, before } = spied(memory())
      const told: [string, unknown][] = []
      const source = memory()
      const store = cached(pipe(source, mapKeys(prefix('p/'))), {
        near,
        onCacheError: (error, key) => told.push([error.op ?? '', key]),
      })
      before[op] = fail
      await store.set('a', bytes('one'))
      expect(text(await store.get('a'))).toBe('one')
      await store.set('a', bytes('two'))
      expect([text(await store.get('a')), text(await store.get('a'))]).toEqual(['two', 'two'])
      expect(await store.has('a')).toBe(true)
      await store.delete('a')
      expect(await store.get('a')).toBeUndefined()
      expect(told.length).toBeGreaterThan(0)
      for (const [, key] of told) expect(key).toBe('a')
    },
  )

  it('and cannot drop a value has it overruled', async () => {
    const { store: near, before } = spied(memory())
    const source = memory()
    const store = cached(source, { near })
    await store.set('a', bytes('old'))
    await store.get('a')
    before.delete = fail
    await store.set('a', bytes('new'))
    expect(text(await near.get('a'))).toBe('old')
    before.set = fail
    expect(text(await store.get('a'))).toBe('new')
    expect(text(await store.get('a'))).toBe('new')
  })

  it('does not hide that the source fails', async () => {
    const { store: source, before } = spied(memory())
    const store = cached(source, { negative: true })
    before.get = fail
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unknown', key: 'a', op: 'get' })
    before.get = undefined
    await source.set('a', bytes('one'))
    expect(text(await store.get('a'))).toBe('one')
  })
})

it('abort reaches a source that hangs, when nobody waits any more', async () => {
  const { store: source, before } = spied(memory())
  const signals: AbortSignal[] = []
  before.get = (_key, { signal }: { signal?: AbortSignal }) => {
    if (signal) signals.push(signal)
    return new Promise(() => {})
  }
  const store = cached(source)
  const [first, second] = [new AbortController(), new AbortController()]
  const calls = [first, second].map(({ signal }) => rejection(store.get('a', { signal })))
  await expect.poll(() => signals.length).toBe(1)
  first.abort()
  expect(await calls[0]).toMatchObject({ code: 'Aborted' })
  expect(signals[0]?.aborted).toBe(false)
  second.abort()
  expect(await calls[1]).toMatchObject({ code: 'Aborted' })
  expect(signals[0]?.aborted).toBe(true)
})

it('closes both stores, and ends what it fetches in the background', async () => {
  const { store: source, before, calls } = spied(memory())
  const { now, pass } = handClock()
  const near = memory()
  const store = cached(source, { near, ttl: 10, staleWhileRevalidate: 1000, now })
  await store.set('a', bytes('one'))
  await store.get('a')
  pass(20)
  let signal: AbortSignal | undefined
  before.get = (_key, options) => {
    signal = (options as { signal?: AbortSignal }).signal
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal?.reason)))
  }
  expect(text(await store.get('a'))).toBe('one')
  await expect.poll(() => signal).toBeDefined()
  await store.close()
  expect(signal?.aborted).toBe(true)
  expect(await rejection(near.get('a'))).toMatchObject({ code: 'Closed' })
  expect(await rejection(source.get('a'))).toMatchObject({ code: 'Closed' })
  expect(calls.filter(call => call === 'close')).toHaveLength(1)
})

it('streams and stat come from the store', async () => {
  const source = memory()
  const store = cached(source)
  await store.set('a', bytes('one'))
  await store.get('a')
  await source.set('a', bytes('longer'))
  expect((await store.stat('a'))?.size).toBe(6)
  const chunks = await readStream(store, 'a')
  expect(text(new Uint8Array(await new Response(chunks).arrayBuffer()))).toBe('longer')
})

it('lists from memory where keys are cached, and keeps the list up to date', async () => {
  const { store: source, calls } = spied(memory())
  const store = cached(source, { keys: true })
  await store.set('a', bytes('one'))
  expect(await collect(store.keys())).toEqual(['a'])
  await source.set('b', bytes('two'))
  expect(await collect(store.keys())).toEqual(['a'])
  expect(text(await store.get('b'))).toBe('two')
  await store.delete('a')
  expect(await collect(store.keys())).toEqual([])
  expect(calls.length).toBeGreaterThan(0)
})

describe('tiers', () => {
  it('a read fills the tiers before, a write goes to all, a delete removes from all', async () => {
    const [near, far] = [fromMap(new Map<string, number>()), fromMap(new Map([['x', 1]]))]
    const store = tiered([near, far])
    expect(await store.get('x')).toBe(1)
    expect(await near.get('x')).toBe(1)
    await store.set('y', 2)
    expect([await near.get('y'), await far.get('y')]).toEqual([2, 2])
    await store.delete('x')
    expect([await near.has('x'), await far.has('x')]).toEqual([false, false])
    expect(isStoreError(await rejection(store.getOrThrow('x')), 'NotFound')).toBe(true)
  })

  it('three: what only the last has comes to both before it', async () => {
    const [first, second, last] = [memory(), memory(), memory()]
    await last.set('a', bytes('one'))
    const store = tiered([first, second, last])
    await store.get('a')
    expect([await first.has('a'), await second.has('a')]).toEqual([true, true])
    await first.delete('a')
    await last.set('a', bytes('unseen'))
    expect(text(await store.get('a'))).toBe('one')
    expect(await collect(tiered([first, last], { listFrom: 0 }).keys())).toEqual(['a'])
  })

  it('a tier before the last that fails is told and passed over', async () => {
    const { store: near, before } = spied(memory())
    const last = memory()
    const told: unknown[] = []
    const store = tiered([near, last], { onCacheError: (_, key) => told.push(key) })
    for (const name of ['get', 'set', 'delete']) before[name] = fail
    await store.set('a', bytes('one'))
    expect(text(await store.get('a'))).toBe('one')
    expect(new Set(told)).toEqual(new Set(['a']))
  })

  it('refuses what are no tiers', () => {
    const one = memory()
    expect(() => tiered([])).toThrow('list of stores')
    expect(() => tiered([one, one])).toThrow('one tier')
    expect(() => tiered([one], { listFrom: 1 })).toThrow('listFrom')
  })
})
