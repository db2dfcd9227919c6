import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  fromMap,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  prefix,
  readOnly,
  readRange,
  readStream,
  rename,
  type StoreError,
  update,
  writeStream,
} from '../../src/index.ts'
import { buffered, cachedKeys, flush } from '../../src/layers.ts'
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
