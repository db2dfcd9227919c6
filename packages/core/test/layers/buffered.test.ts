import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  batch,
  createStore,
  fromMap,
  guarantees,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  prefix,
  readOnly,
  readRange,
  readStream,
  remove,
  rename,
  StoreError,
  update,
  writeStream,
} from '../../src/index.ts'
import { buffered, cachedKeys, flush, observed } from '../../src/layers.ts'
import { batching } from './support/batching.ts'
import { promising } from './support/promising.ts'
import { spied } from './support/spied.ts'

const NEVER = { flushAt: 1000, flushAfter: Number.POSITIVE_INFINITY }

const fail = (): never => {
  throw Object.assign(new Error('the disk is on fire'), { code: 'EIO' })
}

afterEach(() => void vi.useRealTimers())

describe('writes wait', () => {
  it('with two at once: after the first the store is empty, after the second it has both', async () => {
    const place = memory()
    const store = buffered(place, { flushAt: 2 })
    await store.set('a', bytes('one'))
    expect(await place.size()).toBe(0)
    expect(text(await store.get('a'))).toBe('one')
    await store.set('b', bytes('two'))
    expect(await collect(place.keys())).toEqual(['a', 'b'])
    await store.close()
  })

  it('until close, flush or their time', async () => {
    const [closing, flushing, timed] = [memory(), memory(), memory()]
    const closed = buffered(closing, NEVER)
    await closed.set('a', bytes('one'))
    const { store: kept } = spied(memory())
    await closed.close()
    expect(await rejection(closed.get('a'))).toMatchObject({ code: 'Closed' })
    await kept.close()

    const flushed = buffered(flushing, NEVER)
    await flushed.set('a', bytes('one'))
    await flush(pipe(flushed, cachedKeys(), mapKeys(prefix('x'))))
    expect(text(await flushing.get('a'))).toBe('one')

    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const store = buffered(timed, { flushAfter: 50 })
    await store.set('a', bytes('one'))
    vi.advanceTimersByTime(49)
    expect(await timed.has('a')).toBe(false)
    vi.advanceTimersByTime(1)
    await expect.poll(() => timed.has('a')).toBe(true)
  })

  it('three items: nothing before the flush, all after it', async () => {
    const place = fromMap(new Map<number, string>())
    const store = buffered(place, NEVER)
    for (const [index, item] of ['x', 'y', 'z'].entries()) await store.set(index, item)
    expect(await place.size()).toBe(0)
    await flush(store)
    expect(await collect(place.entries())).toEqual([
      [0, 'x'],
      [1, 'y'],
      [2, 'z'],
    ])
  })

  it('as the last one of each key, in one batch', async () => {
    const { store: place, calls } = spied(memory())
    const store = buffered(place, NEVER)
    for (let index = 0; index < 10; index++) await store.set('a', bytes(`${index}`))
    await store.set('b', bytes('b'))
    await store.delete('c')
    await flush(store)
    expect(calls).toEqual(['setMany', 'delete c'])
    expect(text(await place.get('a'))).toBe('9')
  })

  it('as copies, which nobody can change', async () => {
    const store = buffered(memory(), NEVER)
    const value = bytes('one')
    await store.set('a', value)
    value.fill(0)
    const read = await store.get('a')
    read?.fill(0)
    expect(text(await store.get('a'))).toBe('one')
    const objects = buffered(pipe(memory(), jsonValues<{ n: number }>()), NEVER)
    const object = { n: 1 }
    await objects.set('a', object)
    object.n = 2
    expect(await objects.get('a')).toEqual({ n: 1 })
  })
})

describe('reads see what waits', () => {
  it('on every path, deletions too', async () => {
    const place = memory({ order: 'utf8-bytes' })
    for (const key of ['b', 'd', 'p/1']) await place.set(key, bytes(key))
    const store = buffered(place, NEVER)
    for (const key of ['a', 'c', 'e', 'p/0', 'p/2']) await store.set(key, bytes(`new ${key}`))
    await store.delete('d')
    await store.set('b', bytes('new b'))
    expect(await collect(store.keys())).toEqual(['a', 'b', 'c', 'e', 'p/0', 'p/1', 'p/2'])
    expect(await collect(store.keys({ prefix: 'p/', limit: 2 }))).toEqual(['p/0', 'p/1'])
    expect(await collect(store.keys({ after: 'b', limit: 2 }))).toEqual(['c', 'e'])
    expect(await store.size()).toBe(7)
    expect(
      (await collect(store.entries({ prefix: 'p/' }))).map(([key, value]) => [key, text(value)]),
    ).toEqual([
      ['p/0', 'new p/0'],
      ['p/1', 'p/1'],
      ['p/2', 'new p/2'],
    ])
    expect(
      (await collect(store.getMany(['d', 'b', 'p/1']))).map(([, value]) => value && text(value)),
    ).toEqual([undefined, 'new b', 'p/1'])
    expect(await store.has('d')).toBe(false)
    expect(await store.stat('d')).toBeUndefined()
    expect(await readStream(store, 'd')).toBeUndefined()
    expect(text(await joined((await readStream(store, 'b')) ?? []))).toBe('new b')
    expect(text(await readRange(store, 'b', { start: 4 }))).toBe('b')
    expect(await place.has('a')).toBe(false)
    expect((await store.stat('a'))?.size).toBe(5)
  })

  it('once, also what is written during a listing', async () => {
    const place = memory()
    await place.setMany(['a', 'b', 'c'].map(key => [key, bytes(key)]))
    const store = buffered(place, NEVER)
    await store.set('w', bytes('w'))
    await store.set('a', bytes('new'))
    const listed: string[] = []
    for await (const key of store.keys()) {
      listed.push(key)
      if (listed.length === 1) await flush(store)
      if (listed.length === 2) await store.set('late', bytes('late'))
    }
    expect(listed.filter(key => key !== 'late').sort()).toEqual(['a', 'b', 'c', 'w'])
  })

  it('conditions, moves and streams count it too', async () => {
    const place = memory()
    const store = buffered(place, NEVER)
    await store.set('n', bytes('1'))
    expect(await rejection(store.set('n', bytes('x'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    const count = () => update(store, 'n', value => bytes(`${Number(text(value)) + 1}`))
    await Promise.all(Array.from({ length: 10 }, count))
    expect(text(await store.get('n'))).toBe('11')
    const tag = (await store.stat('n'))?.etag ?? ''
    await store.set('n', bytes('50'))
    expect(await rejection(store.delete('n', { ifMatch: tag }))).toMatchObject({ code: 'Conflict' })
    await rename(store, 'n', 'm')
    expect([await store.has('n'), text(await store.get('m'))]).toEqual([false, '50'])
    await store.set('s', bytes('waits'))
    await writeStream(store, 's', [bytes('streamed')])
    await flush(store)
    expect(text(await store.get('s'))).toBe('streamed')
  })
})

describe('a store that does not take what waits', () => {
  it('is told with the keys; they wait, are read, and are tried again', async () => {
    const { store: place, before } = spied(memory())
    const told: StoreError[] = []
    const store = pipe(
      buffered(pipe(place, mapKeys(prefix('p/'))), {
        flushAt: 2,
        flushAfter: Number.POSITIVE_INFINITY,
        onError: error => told.push(error),
      }),
      jsonValues<number>(),
    )
    before.setMany = fail
    before.set = fail
    await store.set('a', 1)
    await store.set('b', 2)
    expect(told).toHaveLength(1)
    expect(await store.get('a')).toBe(1)
    const error = await rejection(flush(store))
    expect(error).toMatchObject({ op: 'flush', code: 'Unknown' })
    expect([...(error.failures?.keys() ?? [])]).toEqual(['a', 'b'])
    expect(error.failures?.get('a')).toMatchObject({ key: 'a' })
    before.setMany = undefined
    before.set = undefined
    await flush(store)
    expect(await collect(place.keys())).toEqual(['p/a', 'p/b'])
  })

  it('does not hold up other writes, also in a batch that is all or nothing', async () => {
    const { store: place, before } = spied(memory())
    const store = buffered(place, NEVER)
    before.setMany = fail
    before.set = key => (key === 'bad' ? fail() : undefined)
    await store.setMany(['good', 'bad', 'fine'].map(key => [key, bytes(key)]))
    const error = await rejection(flush(store))
    expect([...(error.failures?.keys() ?? [])]).toEqual(['bad'])
    expect((await collect(place.keys())).sort()).toEqual(['fine', 'good'])
    expect((await store.stat('good'))?.size).toBe(4)
    expect((await collect(store.keys())).sort()).toEqual(['bad', 'fine', 'good'])
    expect(await rejection(store.stat('bad'))).toMatchObject({ code: 'Unknown', key: 'bad' })
  })

  it('makes close reject with the keys, and leaves everything open', async () => {
    const { store: place, before, calls } = spied(memory())
    const store = buffered(place, NEVER)
    before.setMany = fail
    before.set = fail
    await store.set('a', bytes('one'))
    const error = await rejection(store.close())
    expect([...(error.failures?.keys() ?? [])]).toEqual(['a'])
    expect(calls).not.toContain('close')
  })

  it('has no more than ten times as many wait', async () => {
    const { store: place, before } = spied(memory())
    const store = buffered(place, { flushAt: 1, flushAfter: Number.POSITIVE_INFINITY })
    before.setMany = fail
    before.set = fail
    for (let index = 0; index < 10; index++) await store.set(`${index}`, bytes('x'))
    const error = await rejection(store.set('one more', bytes('x')))
    expect(error).toMatchObject({ key: 'one more', outcome: 'not-applied' })
    expect(error.message).toContain('no further write can wait')
    expect(await store.has('one more')).toBe(false)
    expect(await store.size()).toBe(10)
  })

  it('a write that comes during a flush is not taken for the one that was flushed', async () => {
    const { store: place, before } = spied(memory())
    const store = buffered(place, NEVER)
    await store.set('a', bytes('first'))
    before.setMany = async () => {
      before.setMany = undefined
      await store.set('a', bytes('second'))
    }
    await flush(store)
    expect(text(await store.get('a'))).toBe('second')
    await flush(store)
    expect(text(await place.get('a'))).toBe('second')
  })
})

it('flush needs the layer and the right to write', async () => {
  expect(await rejection(flush(memory()))).toMatchObject({ code: 'Unsupported', op: 'flush' })
  const store = buffered(memory(), NEVER)
  expect(await rejection(flush(readOnly(store) as never))).toMatchObject({ code: 'ReadOnly' })
  await store.close()
  expect(await rejection(flush(store))).toMatchObject({ code: 'Closed' })
})
describe('what a buffer says of itself', () => {
  const NEVER = { flushAfter: Number.POSITIVE_INFINITY }

  it('promises no more than what waits in memory can keep', () => {
    const strong = promising({
      durability: 'power-loss',
      batchAtomic: true,
      readConsistency: 'strong',
      listConsistency: 'strong',
    })
    expect(guarantees(buffered(strong, NEVER))).toMatchObject({
      durability: 'none',
      batchAtomic: false,
      readConsistency: 'session',
      listConsistency: 'session',
      reverse: false,
    })
    const weak = promising({ readConsistency: 'eventual', listConsistency: 'eventual' })
    expect(guarantees(buffered(weak, NEVER))).toMatchObject({
      readConsistency: 'eventual',
      listConsistency: 'eventual',
    })
    expect(() => buffered({} as never)).toThrow(TypeError)
  })

  it('counts, lists and reads what waits, in the order of the store', async () => {
    const place = memory({ order: 'utf8-bytes' })
    await place.setMany(['b', 'd', 'f'].map(key => [key, bytes(key)] as const))
    const store = buffered(place, NEVER)
    for (const key of ['e', 'a', 'g', 'c', 'b']) await store.set(key, bytes(`${key}!`))
    await store.delete('d')
    await store.delete('none')
    expect(await collect(store.keys())).toEqual(['a', 'b', 'c', 'e', 'f', 'g'])
    expect(await collect(store.keys({ limit: 2 }))).toEqual(['a', 'b'])
    expect(await collect(store.keys({ prefix: 'e' }))).toEqual(['e'])
    expect(await collect(store.keys({ after: 'c' }))).toEqual(['e', 'f', 'g'])
    expect(await store.size()).toBe(6)
    expect(
      (await collect(store.getMany(['b', 'd', 'f', 'g', 'none']))).map(([, value]) => text(value)),
    ).toEqual(['b!', undefined, 'f', 'g!', undefined])
    expect((await collect(store.entries())).map(([, value]) => text(value))).toEqual([
      'a!',
      'b!',
      'c!',
      'e!',
      'f',
      'g!',
    ])
    expect([await store.has('d'), await store.has('e'), await store.has('f')]).toEqual([false, true, true])
    expect(await readStream(store, 'd')).toBeUndefined()
    expect(text(await joined((await readStream(store, 'e')) as never))).toBe('e!')
    expect(text(await readRange(store, 'e', { start: 1, end: 2 }))).toBe('!')
    expect(text(await readRange(store, 'f', { start: 0, end: 1 }))).toBe('f')
    await flush(store)
    expect(await collect(place.keys())).toEqual(['a', 'b', 'c', 'e', 'f', 'g'])
    expect(await store.size()).toBe(6)
    await store.close()
  })

  it('asks the store the same question where nothing waits for the key, and nothing where all waits', async () => {
    const batches: string[][] = []
    const { store: place, calls } = spied(memory())
    const store = buffered(batching(place, batches), NEVER)
    await place.set('a', bytes('1'))
    calls.length = 0
    expect([await store.has('a'), await store.has('none')]).toEqual([true, false])
    expect(calls).toEqual(['has a', 'has none'])
    await store.set('b', bytes('2'))
    expect((await collect(store.getMany(['b']))).map(([, value]) => text(value))).toEqual(['2'])
    expect(batches).toEqual([])
    const counting = buffered(promising({}, { size: () => 7 }), NEVER)
    expect(await counting.size()).toBe(7)
    await counting.set('c', bytes('3'))
    expect(await counting.size()).toBe(1)
    await counting.close()
    await store.close()
  })

  it('lists what became of what waits while the listing goes on', async () => {
    const map = new Map<string, Uint8Array>([['a', bytes('1')]])
    const place = createStore<string, Uint8Array>({
      name: 'place',
      get: key => map.get(key),
      keys: () => ['a', 'gone'],
      set: (key, value) => void map.set(key, value),
      delete: key => void map.delete(key),
    })
    const store = buffered(place, NEVER)
    await store.delete('gone')
    await store.set('added', bytes('2'))
    await store.set('kept', bytes('3'))
    const listing = store.keys()[Symbol.asyncIterator]()
    expect(await listing.next()).toEqual({ done: false, value: 'a' })
    await flush(store)
    await place.delete('added')
    expect(await listing.next()).toEqual({ done: false, value: 'kept' })
    expect((await listing.next()).done).toBe(true)
  })

  it('lists what waits behind the rest where the store has no order', async () => {
    const place = memory()
    await place.setMany(['x', 'y'].map(key => [key, bytes(key)] as const))
    const store = buffered(place, NEVER)
    for (const key of ['b', 'y', 'a']) await store.set(key, bytes('1'))
    expect(await collect(store.keys())).toEqual(['x', 'y', 'b', 'a'])
    await store.close()
  })

  it('a write that says more than what to write goes past it, after what waits', async () => {
    const place = memory()
    const store = buffered(place, NEVER)
    await store.set('a', bytes('waits'))
    await store.set('a', bytes('1'), { contentType: 'text/plain' } as never)
    expect((await place.stat('a'))?.contentType).toBe('text/plain')
    expect(text(await place.get('a'))).toBe('1')
    await store.set('b', bytes('waits'))
    expect(await rejection(store.set('b', bytes('2'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    expect(await remove(store, 'b')).toBe(true)
    expect(await remove(store, 'b')).toBe(false)
    await store.delete('a')
    expect(await store.stat('a')).toBeUndefined()
    expect(await place.has('a')).toBe(true)
    await batch(store, [{ set: 'c', value: bytes('3') }, { delete: 'a' }])
    expect([text(await store.get('c')), await place.has('c')]).toEqual(['3', false])
    expect((await store.stat('c'))?.size).toBe(1)
    expect(await place.has('c')).toBe(true)
    await rename(store, 'c', 'd')
    expect(await collect(store.keys())).toEqual(['d'])
    await writeStream(store, 'e', [bytes('4')])
    expect(text(await place.get('e'))).toBe('4')
    await store.close()
  })

  it('many bytes are written at once, whatever their number', async () => {
    const place = memory()
    const store = buffered(place, NEVER)
    const large = new Uint8Array(9 * 1024 * 1024)
    await store.set('a', large)
    await store.set('a', large)
    expect(await place.size()).toBe(0)
    await store.set('b', large)
    expect(await place.size()).toBe(2)
    await store.set('a', large)
    expect(await store.size()).toBe(2)
    await store.close()
  })

  it('tells what cannot wait, and what its own function does', async () => {
    const full = createStore({
      name: 'full',
      get: () => undefined,
      keys: () => [],
      set: () => Promise.reject(new Error('the disk is full')),
      delete: () => {},
    })
    const told: string[] = []
    const store = buffered(full, { ...NEVER, flushAt: 1, onError: error => told.push(error.message) })
    for (let index = 0; index < 10; index++) await store.set(`k${index}`, bytes('1'))
    const error = await rejection(store.set('more', bytes('1')))
    expect(error.message).toContain('no further write can wait: ')
    expect(error.failures?.size).toBe(10)
    expect(await store.has('more')).toBe(false)
    expect(told.length).toBeGreaterThan(0)
    const strict = buffered(full, {
      ...NEVER,
      flushAt: 1,
      onError: () => {
        throw new Error('not logged')
      },
    })
    expect((await rejection(strict.set('a', bytes('1')))).message).toContain('onError failed: not logged')
    const silent = buffered(full, { ...NEVER, flushAt: 1 })
    await silent.set('a', bytes('1'))
    const flushed = await rejection(flush(silent))
    expect(flushed.failures?.get('a')).toMatchObject({ key: 'a', cause: { message: 'the disk is full' } })
  })

  it('what is below gets one batch of values and one of removals', async () => {
    const { store: place, calls } = spied(memory())
    const store = buffered(place, NEVER)
    await store.setMany([
      ['a', bytes('1')],
      ['b', bytes('2')],
    ])
    await store.deleteMany(['c', 'd'])
    await flush(store)
    expect(calls.filter(call => call !== 'deleteMany' && !call.startsWith('delete '))).toEqual(['setMany'])
    calls.length = 0
    await flush(store)
    expect(calls).toEqual([])
    await store.delete('a')
    await store.close()
    expect(calls.some(call => call.startsWith('delete'))).toBe(true)
  })
})
it('a flush through views names the keys of the view', async () => {
  const full = createStore({
    name: 'full',
    get: () => undefined,
    keys: () => [],
    set: () => Promise.reject(new Error('the disk is full')),
    delete: () => {},
  })
  const store = pipe(
    buffered(full, { flushAfter: Number.POSITIVE_INFINITY }),
    observed<ReturnType<typeof memory>>({ end: () => {} }),
    mapKeys(prefix('p/')),
  )
  await store.set('a', bytes('1'))
  await store.set('b', bytes('1'))
  const error = await rejection(flush(store))
  expect([...(error.failures ?? new Map()).keys()]).toEqual(['a', 'b'])
  expect(error.failures?.get('a')).toMatchObject({ key: 'a' })
  expect(await rejection(flush(store, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'Aborted' })
})
describe('the time of a buffer', () => {
  it('is one timer for all that waits, set again while something waits, and none when nothing does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { store: place, before } = spied(memory())
      const store = buffered(place, { flushAfter: 100 })
      expect(vi.getTimerCount()).toBe(0)
      await store.set('a', bytes('1'))
      await store.set('b', bytes('1'))
      expect(vi.getTimerCount()).toBe(1)
      await vi.advanceTimersByTimeAsync(99)
      expect(await place.size()).toBe(0)
      await vi.advanceTimersByTimeAsync(1)
      expect(await place.size()).toBe(2)
      expect(vi.getTimerCount()).toBe(0)
      await store.set('c', bytes('1'))
      await flush(store)
      expect(vi.getTimerCount()).toBe(0)
      // What the store does not take is tried again by the timer.
      before.set = () => Promise.reject(new Error('no disk'))
      before.setMany = before.set
      await store.set('d', bytes('1'))
      await vi.advanceTimersByTimeAsync(100)
      expect([await place.has('d'), vi.getTimerCount()]).toEqual([false, 1])
      before.set = undefined
      before.setMany = undefined
      await vi.advanceTimersByTimeAsync(100)
      expect([await place.has('d'), vi.getTimerCount()]).toEqual([true, 0])
      await store.set('e', bytes('1'))
      await store.close()
      expect(vi.getTimerCount()).toBe(0)
      const endless = buffered(memory(), { flushAfter: Number.POSITIVE_INFINITY })
      await endless.set('a', bytes('1'))
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a batch that the store below does not take', () => {
  const failingWith = (error: Error) => {
    const calls: string[] = []
    const fail = (name: string) => () => {
      calls.push(name)
      return Promise.reject(error)
    }
    const store = createStore({
      name: 'failing',
      get: () => undefined,
      keys: () => [],
      set: fail('set'),
      setMany: fail('setMany'),
      delete: fail('delete'),
      deleteMany: fail('deleteMany'),
    })
    return { calls, store: buffered(store, { flushAfter: Number.POSITIVE_INFINITY }) }
  }

  it('for a reason that passes fails as a whole, at every key', async () => {
    const { calls, store } = failingWith(new StoreError('Unavailable', 'busy', { retryable: true }))
    await store.setMany([
      ['a', bytes('1')],
      ['b', bytes('2')],
    ])
    await store.deleteMany(['c', 'd'])
    const error = await rejection(flush(store))
    expect([...(error.failures ?? new Map()).keys()]).toEqual(['a', 'b', 'c', 'd'])
    expect(error.failures?.get('a')).toMatchObject({ code: 'Unavailable', key: 'a' })
    expect(calls).toEqual(['setMany', 'deleteMany'])
  })

  it('for another reason is tried one by one', async () => {
    const { calls, store } = failingWith(new StoreError('InvalidValue', 'odd'))
    await store.setMany([
      ['a', bytes('1')],
      ['b', bytes('2')],
    ])
    await store.deleteMany(['c', 'd'])
    const error = await rejection(flush(store))
    expect([...(error.failures ?? new Map()).keys()].sort()).toEqual(['a', 'b', 'c', 'd'])
    expect([...calls].sort()).toEqual(['delete', 'delete', 'deleteMany', 'set', 'set', 'setMany'])
  })

  it('what was written counts no longer among the bytes that wait', async () => {
    const place = memory()
    const store = buffered(place, { flushAfter: Number.POSITIVE_INFINITY })
    const large = new Uint8Array(9 * 1024 * 1024)
    await store.set('a', large)
    await flush(store)
    await store.set('b', large)
    expect(await place.has('b')).toBe(false)
    await store.delete('b')
    await store.set('c', large)
    expect(await place.has('c')).toBe(false)
    await store.close()
  })
})
