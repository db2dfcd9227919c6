import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  type ByteStore,
  batch,
  createStore,
  fromMap,
  getWithStat,
  guarantees,
  isStoreError,
  jsonValues,
  mapKeys,
  mapValues,
  memory,
  pathOf,
  pipe,
  prefix,
  readOnly,
  readStream,
  remove,
  rename,
  type Store,
  StoreError,
  update,
  urlOf,
  writeStream,
} from '../../src/index.ts'
import { cached, cachedKeys, tiered } from '../../src/layers.ts'
import { batching } from './support/batching.ts'
import { changeAfter } from './support/change-after.ts'
import { handClock } from './support/hand-clock.ts'
import { placed } from './support/placed.ts'
import { promising } from './support/promising.ts'
import { signalled } from './support/signalled.ts'
import { slow } from './support/slow.ts'
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
describe('what a cache of values is and is not', () => {
  it('says what it cannot stand on', () => {
    const store = memory()
    expect(() => cached(store, { near: store })).toThrow(
      'cached: near is the store itself, whose values the cache would drop',
    )
    expect(() => cached(fromMap<string, number>())).toThrow(
      'cached: the values of map are no bytes; give a near store for them: { near: fromMap() }',
    )
    for (const options of [{ negative: 0 }, { negative: 'yes' }, { keys: 5 }, { keys: null }, { ttl: -1 }])
      expect(() => cached(memory(), options as never)).toThrow(TypeError)
    expect(() => tiered(undefined as never)).toThrow('tiered takes a list of stores, the nearest first, not ')
  })

  it('leaves the rest as it is: places, changes, write options, streams', async () => {
    const { store: below, streamed } = placed()
    const store = cached(below)
    expect([await pathOf(store, 'a'), await urlOf(store, 'a')]).toEqual(['/files/a', 'https://here/a'])
    expect(await changeAfter(store, () => below.set('seen', bytes('1')))).toBe('seen')
    await store.set('a', bytes('1'), { contentType: 'text/plain' } as never)
    expect(await getWithStat(store, 'a')).toMatchObject({ stat: { contentType: 'text/plain' } })
    await store.get('a')
    await writeStream(store, 'a', [bytes('2')])
    expect(streamed).toEqual(['a'])
    expect(text(await store.get('a'))).toBe('2')
    expect([await remove(store, 'a'), await remove(store, 'a')]).toEqual([true, false])
    expect(await store.get('a')).toBeUndefined()
  })

  it('every call of the store below gets a signal', async () => {
    for (const options of [{}, { revalidate: 'etag' as const }, { keepWrites: true, negative: true }]) {
      const { store: below, without } = signalled()
      const store = cached(below, options)
      const { signal } = new AbortController()
      await store.set('a', bytes('1'), { signal })
      await store.get('a', { signal })
      await store.get('a', { signal })
      await store.get('none', { signal })
      await store.has('a', { signal })
      await store.has('none', { signal })
      await store.stat('a', { signal })
      await collect(store.getMany(['a', 'b', 'c'], { signal }))
      await store.setMany([['b', bytes('2')]], { signal })
      await store.deleteMany(['b'], { signal })
      await rename(store, 'a', 'c', { signal })
      await batch(store, [{ set: 'd', value: bytes('1') }, { delete: 'c' }], { signal })
      await store.delete('d', { signal })
      expect(without).toEqual([])
    }
  })

  it('a batch is read by one batch for what is not near, and gives each its own bytes', async () => {
    const { store: source, calls } = spied(memory())
    await source.setMany(['a', 'b', 'c', 'd'].map(key => [key, bytes(key)] as const))
    const store = cached(batching(source))
    await store.get('a')
    calls.length = 0
    const found = await collect(store.getMany(['b', 'a', 'c', 'b', 'none']))
    expect(found.map(([key, value]) => [key, text(value)])).toEqual([
      ['b', 'b'],
      ['a', 'a'],
      ['c', 'c'],
      ['b', 'b'],
      ['none', undefined],
    ])
    expect(found[0]?.[1]).not.toBe(found[3]?.[1])
    found[0]?.[1]?.fill(0)
    calls.length = 0
    expect((await collect(store.getMany(['b', 'a', 'c']))).map(([, value]) => text(value))).toEqual([
      'b',
      'a',
      'c',
    ])
    expect(calls).toEqual([])
  })

  it('keeps what is written where that is asked for, but for what failed', async () => {
    const { store: source, calls } = spied(memory())
    const store = cached(source, { keepWrites: true })
    await store.set('a', bytes('1'))
    await store.setMany([
      ['b', bytes('2')],
      ['c', bytes('3')],
    ])
    await rejection(store.setMany([['d', 'no bytes' as never]]))
    calls.length = 0
    expect([text(await store.get('a')), text(await store.get('b')), text(await store.get('c'))]).toEqual([
      '1',
      '2',
      '3',
    ])
    expect(calls).toEqual([])
    expect(await store.get('d')).toBeUndefined()
    await store.delete('a')
    expect(await store.get('a')).toBeUndefined()
    const objects = cached(pipe(memory(), jsonValues<{ n: number }>()), { keepWrites: true })
    const value = { n: 1 }
    await objects.set('x', value)
    value.n = 2
    expect(await objects.get('x')).toEqual({ n: 1 })
  })

  it('counts times: fresh before the ttl, stale for a while, then asked for again', async () => {
    const { now, pass } = handClock()
    const { store: source, calls } = spied(memory())
    await source.set('a', bytes('1'))
    const store = cached(source, { ttl: 100, staleWhileRevalidate: 50, now })
    await store.get('a')
    calls.length = 0
    pass(99)
    await store.get('a')
    await store.has('a')
    expect(calls).toEqual([])
    pass(1)
    // Stale: given as it is, and asked for behind it, once.
    await source.set('a', bytes('2'))
    calls.length = 0
    expect(text(await store.get('a'))).toBe('1')
    await new Promise(resolve => setImmediate(resolve))
    expect(calls).toEqual(['get a'])
    expect(text(await store.get('a'))).toBe('2')
    pass(151)
    await source.set('a', bytes('3'))
    expect(text(await store.get('a'))).toBe('3')
  })

  it('an absence is remembered for its own time, and until a write', async () => {
    const { now, pass } = handClock()
    const { store: source, calls } = spied(memory())
    const store = cached(source, { ttl: 100, negative: 10, now })
    expect(await store.get('a')).toBeUndefined()
    calls.length = 0
    pass(9)
    expect([await store.get('a'), await store.has('a')]).toEqual([undefined, false])
    expect(calls).toEqual([])
    await source.set('a', bytes('1'))
    expect(await store.get('a')).toBeUndefined()
    pass(1)
    expect(text(await store.get('a'))).toBe('1')
    const endless = cached(source, { ttl: 100, negative: true, now })
    expect(await endless.get('b')).toBeUndefined()
    await source.set('b', bytes('2'))
    pass(99)
    expect(await endless.get('b')).toBeUndefined()
    pass(1)
    expect(text(await endless.get('b'))).toBe('2')
    await endless.get('c')
    await endless.set('c', bytes('3'))
    expect(text(await endless.get('c'))).toBe('3')
  })

  it('tells what failed near, in words', async () => {
    const { store: near, before } = spied(memory())
    const told: string[] = []
    const source = memory()
    await source.set('a', bytes('1'))
    const store = cached(source, { near, onCacheError: error => told.push(error.message) })
    before.get = fail
    expect(text(await store.get('a'))).toBe('1')
    expect(text(await store.get('a'))).toBe('1')
    expect(told.join()).toContain('the driver failed unexpectedly')
    const unclocked = cached(source, {
      ttl: 5,
      now: () => {
        throw new Error('no clock')
      },
      onCacheError: error => told.push(error.message),
    })
    expect(text(await unclocked.get('a'))).toBe('1')
    expect(told.join()).toContain('the clock of the cache failed: no clock')
    const strict = cached(source, {
      near,
      onCacheError: () => {
        throw new Error('not logged')
      },
    })
    expect((await rejection(strict.get('a'))).message).toContain('onCacheError failed: not logged')
  })

  it('a stat that tells another etag than the value near drops it', async () => {
    const { store: source, calls } = spied(memory())
    await source.set('a', bytes('1'))
    const store = cached(source)
    await store.get('a')
    await source.set('a', bytes('2'))
    await store.stat('a')
    expect(text(await store.get('a'))).toBe('2')
    await source.delete('a')
    expect(await store.stat('a')).toBeUndefined()
    calls.length = 0
    expect(await store.get('a')).toBeUndefined()
    expect(calls).toEqual(['get a'])
  })
})

describe('cached keys', () => {
  it('are asked for once, sorted as is wanted, and kept up to date', async () => {
    const source = memory()
    for (const key of ['b', '\u{1f600}', 'a', '\uffff']) await source.set(key, bytes(key))
    const plain = pipe(source, cachedKeys())
    expect(await collect(pipe(source, cachedKeys({ sort: false })).keys())).toEqual([
      'b',
      '\u{1f600}',
      'a',
      '\uffff',
    ])
    const sorted = pipe(source, cachedKeys({ sort: true }))
    const reversed = pipe(source, cachedKeys<typeof source>({ sort: (a, b) => (a < b ? 1 : -1) }))
    expect(await collect(plain.keys())).toEqual(['b', '\u{1f600}', 'a', '\uffff'])
    expect(await collect(sorted.keys())).toEqual(['a', 'b', '\uffff', '\u{1f600}'])
    expect((await collect(reversed.keys())).at(-1)).toBe('a')
    expect([guarantees(plain).order, guarantees(sorted).order, guarantees(reversed).order]).toEqual([
      'none',
      'utf8-bytes',
      'none',
    ])
    await sorted.set('ab', bytes('1'), { contentType: 'text/plain' } as never)
    await sorted.delete('b')
    await sorted.delete('b')
    await sorted.set('a', bytes('1'))
    expect(await collect(sorted.keys())).toEqual(['a', 'ab', '\uffff', '\u{1f600}'])
    expect(await sorted.size()).toBe(4)
    expect((await source.stat('ab'))?.contentType).toBe('text/plain')
    expect(await collect(plain.keys())).toContain('b')
    plain.refreshKeys()
    expect(await collect(plain.keys())).not.toContain('b')
  })

  it('that are given are listed at once, in their order, with what is written', async () => {
    const source = memory()
    const store = pipe(source, cachedKeys<typeof source>({ keys: new Set(['z', 'a']) }))
    await store.set('m', bytes('1'))
    await store.delete('a')
    expect(await collect(store.keys())).toEqual(['z', 'm'])
    for (const options of [{ keys: 'abc' }, { keys: 5 }, { keys: {} }, { sort: 'yes' }])
      expect(() => cachedKeys(options as never)).toThrow(TypeError)
  })

  it('a listing that fails is tried again by the next', async () => {
    let failing = true
    const flaky = createStore({
      name: 'flaky',
      get: () => undefined,
      keys: () => {
        if (failing) throw new Error('no listing')
        return ['a']
      },
    })
    const store = pipe(flaky, cachedKeys())
    expect(await rejection(collect(store.keys()))).toMatchObject({ cause: { message: 'no listing' } })
    failing = false
    expect(await collect(store.keys())).toEqual(['a'])
  })
})

it('tiers are listed from the one that is named, in its order', async () => {
  const [near, far] = [memory({ order: 'utf8-bytes' }), memory()]
  await far.setMany([
    ['b', bytes('1')],
    ['a', bytes('2')],
  ])
  const store = tiered([near, far], { listFrom: 0 })
  expect(guarantees(store)).toMatchObject({ order: 'utf8-bytes', reverse: false })
  expect([await collect(store.keys()), await store.size()]).toEqual([[], 0])
  await store.get('b')
  expect([await collect(store.keys()), await store.size()]).toEqual([['b'], 1])
  expect(await collect(tiered([near, far]).keys())).toEqual(['b', 'a'])
  await store.close()
  expect(await rejection(near.get('a'))).toMatchObject({ code: 'Closed' })
  expect(await rejection(far.get('a'))).toMatchObject({ code: 'Closed' })
})
describe('options of a cache', () => {
  it('are refused in their own words', () => {
    for (const keys of [5, null, 'yes'])
      expect(() => cached(memory(), { keys } as never)).toThrow('true, false or options of cachedKeys')
    for (const negative of [0, -1, 'yes', null])
      expect(() => cached(memory(), { negative } as never)).toThrow(
        'true, false or a number of milliseconds above 0',
      )
    for (const keys of ['abc', 5, {}, null])
      expect(() => cachedKeys({ keys } as never)).toThrow('a list of keys')
    for (const sort of ['yes', 5])
      expect(() => cachedKeys({ sort } as never)).toThrow('true, false or a comparison')
  })

  it('bound the memory of its own too, and list keys only where they say so', async () => {
    const { store: source, calls } = spied(memory())
    for (const key of ['a', 'b', 'c']) await source.set(key, bytes(key))
    const store = cached(source, { max: 2, keys: false })
    for (const key of ['a', 'b', 'c']) await store.get(key)
    calls.length = 0
    await store.get('c')
    await store.get('b')
    expect(calls).toEqual([])
    await store.get('a')
    expect(calls).toEqual(['get a'])
    expect(await collect(store.keys())).toHaveLength(3)
    await source.delete('a')
    expect(await collect(store.keys())).toHaveLength(2)
    const near = cached(source, { near: memory() })
    await near.get('b')
    await near.get('c')
    calls.length = 0
    await near.get('b')
    expect(calls).toEqual([])
  })

  it('a failure is told with the key of the store, in the error too', async () => {
    const { store: near, before } = spied(memory())
    before.set = fail
    const told: unknown[] = []
    const store = cached(pipe(memory(), mapKeys(prefix('p/'))), {
      near,
      onCacheError: (error, key) => told.push([error.key, key, error.op]),
    })
    await store.set('a', bytes('1'))
    await store.get('a')
    expect(told).toContainEqual(['a', 'a', 'set'])
  })
})

describe('one batch of the store', () => {
  /** A cache of a store with batches, and what each of them was asked. */
  async function batched(options: object, keys: readonly string[] = ['a', 'b', 'c']) {
    const batches: string[][] = []
    const { store: source, calls } = spied(memory())
    await source.setMany(keys.map(key => [key, bytes(key)] as const))
    calls.length = 0
    return { store: cached(batching(source, batches), options), source, batches, calls }
  }

  it('brings what was never read, what is past its time, and what was absent too long ago', async () => {
    const { now, pass } = handClock()
    const { store, batches } = await batched({ ttl: 100, negative: 10, now })
    const ask = () => collect(store.getMany(['a', 'none', 'b', 'nil']))
    expect((await ask()).map(([, value]) => text(value))).toEqual(['a', undefined, 'b', undefined])
    expect(batches.splice(0)).toEqual([['a', 'none', 'b', 'nil']])
    pass(9)
    await ask()
    expect(batches).toEqual([])
    pass(1)
    await ask()
    expect(batches.splice(0)).toEqual([['none', 'nil']])
    pass(89)
    expect((await ask()).map(([, value]) => text(value))).toEqual(['a', undefined, 'b', undefined])
    expect(batches.splice(0)).toEqual([['none', 'nil']])
    pass(1)
    await ask()
    expect(batches.splice(0)).toEqual([['a', 'b']])
  })

  it('is not asked for one value, and not for what is known to be absent', async () => {
    const { store, batches, calls } = await batched({ negative: true })
    await store.get('none')
    await store.get('a')
    calls.length = 0
    expect((await collect(store.getMany(['none', 'a', 'b']))).map(([, value]) => text(value))).toEqual([
      undefined,
      'a',
      'b',
    ])
    expect(batches).toEqual([])
    expect(calls).toEqual(['get b'])
  })

  it('brings what the near store could not be told to drop', async () => {
    const { store: near, before } = spied(memory())
    const { store, batches } = await batched({ near })
    await collect(store.getMany(['a', 'b']))
    before.delete = fail
    await store.setMany(['a', 'b'].map(key => [key, bytes('new')]))
    batches.length = 0
    expect((await collect(store.getMany(['a', 'b']))).map(([, value]) => text(value))).toEqual(['new', 'new'])
    expect(batches).toEqual([['a', 'b']])
  })

  it('is not used where etags are wanted, or a codec lies between', async () => {
    const first = await batched({ revalidate: 'etag' })
    expect(await collect(first.store.getMany(['a', 'b']))).toHaveLength(2)
    expect(first.batches).toEqual([])
    const batches: string[][] = []
    const below = batching(memory(), batches)
    const users = pipe(below, jsonValues<{ n: number }>())
    await users.setMany([
      ['a', { n: 1 }],
      ['b', { n: 2 }],
    ])
    const store = cached(users, { near: pipe(memory(), jsonValues<{ n: number }>()) })
    batches.length = 0
    expect(await collect(store.getMany(['a', 'b']))).toEqual([
      ['a', { n: 1 }],
      ['b', { n: 2 }],
    ])
    expect(batches).toEqual([])
  })

  it('ends when nobody waits for any of it', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const below = createStore({
      name: 'hanging',
      get: () => undefined,
      keys: () => [],
      getMany: (_, { signal }) => {
        signals.push(signal)
        return new Promise<never>(() => {})
      },
    })
    const controller = new AbortController()
    const asked = rejection(collect(cached(below).getMany(['a', 'b'], { signal: controller.signal })))
    await new Promise(resolve => setImmediate(resolve))
    expect(signals.map(signal => signal?.aborted)).toEqual([false])
    controller.abort()
    expect(await asked).toMatchObject({ code: 'Aborted' })
    await new Promise(resolve => setImmediate(resolve))
    expect(signals.map(signal => signal?.aborted)).toEqual([true])
  })
})

describe('what a near store answers', () => {
  it('may come later, also that it has nothing', async () => {
    const { store: source, calls } = spied(memory())
    await source.set('a', bytes('1'))
    const store = cached(source, { near: slow(memory(), 1) as ByteStore })
    calls.length = 0
    expect(text(await store.get('a'))).toBe('1')
    expect(text(await store.get('a'))).toBe('1')
    expect(calls).toEqual(['get a'])
    expect(await store.get('none')).toBeUndefined()
  })

  it('is no answer where it fails: the store tells what is absent', async () => {
    const { store: near, before } = spied(memory())
    const store = cached(memory(), { near })
    before.has = fail
    expect(await store.has('none')).toBe(false)
  })

  it('is waited for no more when the caller aborts, which is no failure of it', async () => {
    const told: unknown[] = []
    const { store: source, calls } = spied(memory())
    const near = createStore({
      name: 'hanging',
      get: (_, { signal }) =>
        new Promise<never>((_, reject) =>
          signal?.addEventListener('abort', () => reject(new StoreError('Aborted', 'left'))),
        ),
      keys: () => [],
      set: () => {},
      delete: () => {},
    })
    const store = cached(source, { near, onCacheError: error => told.push(error) })
    const controller = new AbortController()
    const left = rejection(store.get('a', { signal: controller.signal }))
    await new Promise(resolve => setImmediate(resolve))
    controller.abort()
    expect(await left).toMatchObject({ code: 'Aborted' })
    await new Promise(resolve => setImmediate(resolve))
    expect(told).toEqual([])
    expect(calls).toEqual([])
  })

  it('counts for ever where no time is set, whatever the clock says', async () => {
    const clock = handClock()
    const { store: source, calls } = spied(memory())
    const store = cached(source, { negative: true, now: clock.now })
    await store.get('none')
    clock.pass(-1000)
    calls.length = 0
    expect(await store.get('none')).toBeUndefined()
    expect(calls).toEqual([])
  })

  it('says that a value is there while it is stale', async () => {
    const { now, pass } = handClock()
    const { store: source, calls } = spied(memory())
    await source.set('a', bytes('1'))
    const store = cached(source, { ttl: 100, staleWhileRevalidate: 50, now })
    await store.get('a')
    pass(120)
    calls.length = 0
    expect(await store.has('a')).toBe(true)
    expect(calls).toEqual([])
    pass(50)
    expect(await store.has('a')).toBe(true)
    expect(calls).toEqual(['has a'])
  })

  it('is a copy for each of those who shared a fetch', async () => {
    const source = pipe(slow(memory(), 3), jsonValues<{ n: number } | string | null>())
    await source.set('object', { n: 1 })
    await source.set('text', 'hello')
    await source.set('null', null)
    const near = pipe(memory(), jsonValues<{ n: number } | string | null>())
    const store = cached(source, { near })
    const [first, second] = await Promise.all([store.get('object'), store.get('object')])
    expect([first, second]).toEqual([{ n: 1 }, { n: 1 }])
    expect(first).not.toBe(second)
    expect(await Promise.all([store.get('text'), store.get('text')])).toEqual(['hello', 'hello'])
    expect(await Promise.all([store.get('null'), store.get('null')])).toEqual([null, null])
    expect(await Promise.all([store.get('none'), store.get('none')])).toEqual([undefined, undefined])
  })
})

describe('a stat', () => {
  it('drops nothing where no write depends on an etag, or there is none', async () => {
    for (const conditions of [[], ['ifMatch'] as const] as const) {
      const { store: source, calls } = spied(
        promising({ conditions: [...conditions] }, { stat: () => ({ size: 1 }) }),
      )
      await source.set('a', bytes('1'))
      const store = cached(source)
      await store.get('a')
      calls.length = 0
      await store.stat('a')
      await store.get('a')
      expect(calls).toEqual(['stat a'])
    }
    const { store: plain, calls } = spied(promising({ conditions: [] }))
    await plain.set('a', bytes('1'))
    const store = cached(plain)
    await store.get('a')
    calls.length = 0
    expect((await store.stat('a'))?.etag).toBeDefined()
    await store.get('a')
    expect(calls).toEqual(['stat a'])
  })

  it('drops nothing that has the etag which it tells', async () => {
    const { store: source, calls } = spied(memory())
    await source.set('a', bytes('1'))
    const store = cached(source, { revalidate: 'etag', ttl: 1000, now: () => 0 })
    await store.get('a')
    calls.length = 0
    await store.stat('a')
    await store.get('a')
    expect(calls).toEqual(['stat a'])
  })
})

describe('what is written and kept', () => {
  it('is what the store makes of it', async () => {
    const objects = cached(pipe(memory(), jsonValues<{ n?: number | undefined }>()), {
      near: fromMap(new Map<string, { n?: number | undefined }>()),
      keepWrites: true,
    })
    await objects.set('a', { n: undefined })
    expect(Object.keys((await objects.get('a')) ?? { n: 1 })).toEqual([])
    const values = new Map<string, string>()
    const shouting = createStore<string, string>({
      name: 'shouting',
      valueType: 'any',
      get: key => values.get(key)?.toUpperCase(),
      keys: () => values.keys(),
      set: (key, value) => void values.set(key, value),
      delete: key => void values.delete(key),
    })
    const loud = cached(shouting, { near: fromMap(new Map<string, string>()), keepWrites: true })
    await loud.set('a', 'hello')
    expect(await loud.get('a')).toBe('HELLO')
  })

  it('has the time of the write, and its etag where that is asked for', async () => {
    const { now, pass } = handClock()
    const { store: source, calls } = spied(memory())
    const timed = cached(source, { keepWrites: true, ttl: 100, now })
    await timed.set('a', bytes('1'))
    pass(99)
    calls.length = 0
    expect(text(await timed.get('a'))).toBe('1')
    expect(calls).toEqual([])
    const asked = cached(source, { keepWrites: true, revalidate: 'etag' })
    await asked.set('b', bytes('2'))
    calls.length = 0
    expect(text(await asked.get('b'))).toBe('2')
    expect(calls).toEqual(['stat b'])
  })

  it('is not kept where it could not be read back, which is told', async () => {
    const told: unknown[] = []
    const { store: source, before } = spied(memory())
    const store = cached(source, {
      keepWrites: true,
      revalidate: 'etag',
      onCacheError: ({ code }, key) => told.push([code, key]),
    })
    before.get = fail
    await store.set('a', bytes('1'))
    expect(told).toEqual([['Unknown', 'a']])
    before.get = undefined
    expect(text(await store.get('a'))).toBe('1')
  })

  it('is kept again and again, but not where two writes overlap', async () => {
    const { store: source, calls, before } = spied(memory())
    const store = cached(source, { keepWrites: true })
    for (const value of ['1', '2', '3']) {
      await store.set('a', bytes(value))
      calls.length = 0
      expect(text(await store.get('a'))).toBe(value)
      expect(calls).toEqual([])
    }
    let open = () => {}
    before.set = () => {
      before.set = undefined
      return new Promise<void>(resolve => {
        open = resolve
      })
    }
    const first = store.set('a', bytes('first'))
    await new Promise(resolve => setImmediate(resolve))
    const second = store.set('a', bytes('second'))
    await new Promise(resolve => setImmediate(resolve))
    open()
    await Promise.all([first, second])
    calls.length = 0
    const read = await store.get('a')
    expect(calls).toEqual(['get a'])
    expect(read).toEqual(await source.get('a'))
    await store.set('a', bytes('4'))
    calls.length = 0
    expect(text(await store.get('a'))).toBe('4')
    expect(calls).toEqual([])
  })

  it('is not kept of a batch for what failed', async () => {
    const below = memory()
    const { store: source, calls } = spied(below)
    const partly = createStore({
      name: 'partly',
      get: (key, options) => source.get(key, options),
      keys: () => source.keys(),
      set: () => {},
      delete: key => below.delete(key),
      setMany: async entries => {
        for (const [key, value] of entries) if (key !== 'full') await below.set(key, value)
        return new Map([['full', new StoreError('OutOfSpace', 'full')]])
      },
    })
    const store = cached(partly, { keepWrites: true })
    await rejection(store.setMany(['a', 'full'].map(key => [key, bytes(key)])))
    calls.length = 0
    expect(text(await store.get('a'))).toBe('a')
    expect(await store.get('full')).toBeUndefined()
    expect(calls).toEqual(['get full'])
  })
})

describe('what a cache and tiers take', () => {
  it('a near store that can be written', () => {
    for (const near of [null, 5, 'near', {}, new Map(), { get() {}, keys() {} }, readOnly(memory())])
      expect(() => cached(memory(), { near } as never)).toThrow('a store that can be written')
    for (const facts of [{ keyType: 'any' }, { valueType: 'any' }] as const) {
      const store = createStore({ name: 'odd', ...facts, get: () => undefined, keys: () => [] } as never)
      expect(() => cached(store as never)).toThrow(
        'cached: the values of odd are no bytes; give a near store for them: { near: fromMap() }',
      )
    }
  })

  it('tiers that can be written', () => {
    expect(() => tiered([readOnly(memory()) as never, memory()])).toThrow(
      'tiered: tier 0 is a store that can only be read; it has to be written',
    )
    for (const tiers of [[], 5, null, {}])
      expect(() => tiered(tiers as never)).toThrow(/^tiered takes a list of stores, the nearest first, not /)
    for (const listFrom of [-1, 2, 0.5])
      expect(() => tiered([memory(), memory()], { listFrom })).toThrow(/^tiered: listFrom/)
  })

  it('a clock, whose failure is told with the key of the store', async () => {
    const told: unknown[] = []
    const store = cached(pipe(memory(), mapKeys(prefix('p/'))), {
      ttl: 5,
      now: () => {
        throw new Error('no clock')
      },
      onCacheError: ({ code, key }, outer) => told.push([code, key, outer]),
    })
    await store.get('a')
    expect(told[0]).toEqual(['Unknown', 'a', 'a'])
  })
})

it('a miss that was seen before somebody else fetched the value fetches nothing', async () => {
  const { store: source, calls } = spied(memory())
  await source.set('a', bytes('1'))
  const kept = memory()
  let open = () => {}
  let held = true
  const near = createStore({
    name: 'near',
    async get(key) {
      const value = await kept.get(key)
      if (!held) return value
      held = false
      await new Promise<void>(resolve => {
        open = resolve
      })
      return value
    },
    keys: () => [],
    set: (key, value) => kept.set(key, value),
    delete: key => kept.delete(key),
  })
  const store = cached(source, { near })
  calls.length = 0
  const first = store.get('a')
  await new Promise(resolve => setImmediate(resolve))
  expect(text(await store.get('a'))).toBe('1')
  expect(calls).toEqual(['get a'])
  open()
  expect(text(await first)).toBe('1')
  expect(calls).toEqual(['get a'])
})

it('a near store that fails later is told, and the store answers', async () => {
  const told: unknown[] = []
  const source = memory()
  await source.set('a', bytes('1'))
  const near = createStore({
    name: 'near',
    get: () => Promise.reject(new Error('no power')),
    keys: () => [],
    set: () => {},
    delete: () => {},
  })
  const store = cached(source, { near, onCacheError: ({ code }, key) => told.push([code, key]) })
  expect(text(await store.get('a'))).toBe('1')
  expect(told).toEqual([['Unknown', 'a']])
  const strict = cached(source, {
    near,
    onCacheError: () => {
      throw new Error('not logged')
    },
  })
  expect(await rejection(strict.get('a'))).toMatchObject({ code: 'Unknown' })
})
