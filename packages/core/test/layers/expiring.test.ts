import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
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
  update,
  type WritableDriver,
  writeStream,
} from '../../src/index.ts'
import { cached, expiring, sweep } from '../../src/layers.ts'
import { viewBehind } from '../../src/view/over.ts'
import { handClock } from './support/hand-clock.ts'
import { spied } from './support/spied.ts'

function opened(ttl: number | undefined = 100) {
  const place = memory()
  const time = handClock()
  return { place, ...time, store: pipe(place, expiring({ ttl, now: time.now })) }
}

describe('a value whose time is over', () => {
  it('is absent on every path, and there until then', async () => {
    const { store, pass } = opened()
    await store.set('a', bytes('one'))
    pass(99)
    expect(text(await store.get('a'))).toBe('one')
    expect((await store.stat('a'))?.size).toBe(3)
    pass(1)
    expect(await store.get('a')).toBeUndefined()
    expect(await store.has('a')).toBe(false)
    expect(await store.stat('a')).toBeUndefined()
    expect(await store.size()).toBe(0)
    expect(await collect(store.keys())).toEqual([])
    expect(await collect(store.entries())).toEqual([])
    expect(await collect(store.getMany(['a']))).toEqual([['a', undefined]])
    expect(await readStream(store, 'a')).toBeUndefined()
    expect(await readRange(store, 'a', { end: 1 })).toBeUndefined()
    expect(await rejection(store.getOrThrow('a'))).toMatchObject({ code: 'NotFound' })
    expect(await rejection(rename(store, 'a', 'b'))).toMatchObject({ code: 'NotFound' })
  })

  it('counts as absent for conditional writes', async () => {
    const { store, pass } = opened()
    await store.set('a', bytes('old'))
    const tag = (await store.stat('a'))?.etag ?? ''
    expect(await rejection(store.set('a', bytes('x'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    pass(100)
    expect(await rejection(store.set('a', bytes('x'), { ifMatch: tag }))).toMatchObject({ code: 'Conflict' })
    expect(await rejection(store.delete('a', { ifMatch: tag }))).toMatchObject({ code: 'Conflict' })
    await store.set('a', bytes('new'), { ifAbsent: true })
    expect(text(await store.get('a'))).toBe('new')
    pass(100)
    await writeStream(store, 'a', [bytes('streamed')], { ifAbsent: true })
    expect(text(await store.get('a'))).toBe('streamed')
    pass(100)
    await store.set('b', bytes('moved'))
    await rename(store, 'b', 'a', { ifAbsent: true })
    expect(text(await store.get('a'))).toBe('moved')
    expect(await update(store, 'a', value => bytes(`${text(value)} on`))).toEqual(bytes('moved on'))
  })

  it('of 20 who want to be the first after it, exactly one is', async () => {
    const { store, pass } = opened()
    await store.set('a', bytes('old'))
    pass(100)
    const tries = Array.from({ length: 20 }, (_, index) =>
      store.set('a', bytes(`${index}`), { ifAbsent: true }).then(
        () => index,
        () => undefined,
      ),
    )
    const winners = (await Promise.all(tries)).filter(index => index !== undefined)
    expect(winners).toHaveLength(1)
    expect(text(await store.get('a'))).toBe(`${winners[0]}`)
  })
})

describe('the end', () => {
  it('stands in eight bytes before the value: 0xE1 and seven of milliseconds', async () => {
    const { store, place, now } = opened()
    await store.set('a', bytes('A'))
    const stored = (await place.get('a')) as Uint8Array
    const end = BigInt(now() + 100)
    const seven = Array.from({ length: 7 }, (_, index) => Number((end >> BigInt(8 * (6 - index))) & 0xffn))
    expect([...stored]).toEqual([0xe1, ...seven, 65])
    const endless = pipe(place, expiring())
    await endless.set('b', bytes('B'))
    expect([...((await place.get('b')) as Uint8Array)]).toEqual([0xe1, 255, 255, 255, 255, 255, 255, 255, 66])
    expect(text(await endless.get('b'))).toBe('B')
  })

  it('is told for one write, and moves with a rename', async () => {
    const { store, pass } = opened()
    await store.set('short', bytes('s'), { ttl: 10 })
    await store.set('endless', bytes('e'), { ttl: Number.POSITIVE_INFINITY })
    await rename(store, 'short', 'moved')
    pass(10)
    expect(await store.has('moved')).toBe(false)
    pass(1e12)
    expect(await collect(store.keys())).toEqual(['endless'])
    for (const ttl of [0, -1, Number.NaN, '5', null])
      expect(await rejection(store.set('x', bytes('x'), { ttl: ttl as never }))).toMatchObject({
        code: 'InvalidArgument',
        key: 'x',
      })
    expect(await store.has('x')).toBe(false)
  })

  it('stands under the codecs of a store', async () => {
    const { now, pass } = handClock()
    const place = memory()
    const sessions = pipe(
      place,
      mapKeys(prefix('s/')),
      jsonValues<{ name: string }>(),
      expiring({ ttl: 100, now }),
    )
    await sessions.set('ann', { name: 'Ann' }, { ttl: 50 })
    expect(await sessions.get('ann')).toEqual({ name: 'Ann' })
    expect(text((await place.get('s/ann'))?.slice(8))).toBe('{"name":"Ann"}')
    pass(50)
    expect(await sessions.get('ann')).toBeUndefined()
  })

  it('is the backend’s where it has one', async () => {
    const { now, pass } = handClock()
    const ends = new Map<string, number | undefined>()
    const { driver } = viewBehind(memory()).source
    const { get, has, keys } = driver as unknown as Required<WritableDriver>
    const live = (key: string) => (ends.get(key) ?? Number.POSITIVE_INFINITY) > now()
    const place = createStore({
      name: 'ending',
      writeOptions: ['expiresAt'],
      get: (key, options) => (live(key) ? get(key, options) : undefined),
      has: (key, options) => live(key) && has(key, options),
      keys: options => [...(keys(options) as Iterable<string>)].filter(live),
      set: (key, value, options) => {
        ends.set(key, (options as { expiresAt?: number }).expiresAt)
        return driver.set?.(key, value, options)
      },
      delete: (key, options) => driver.delete?.(key, options),
    })
    const store = pipe(place, expiring({ ttl: 100, now }))
    await store.set('a', bytes('a'))
    await store.setMany([['b', bytes('b')]])
    await writeStream(store, 'c', [bytes('c')])
    await store.set('d', bytes('d'), { ttl: Number.POSITIVE_INFINITY })
    expect(Object.fromEntries(ends)).toEqual({ a: now() + 100, b: now() + 100, c: now() + 100, d: undefined })
    expect(text(await place.get('a'))).toBe('a')
    pass(100)
    expect(await collect(store.keys())).toEqual(['d'])
    expect(await sweep(store)).toBe(0)
  })

  it('follows from the time of writing where that is wanted', async () => {
    const { now, pass } = handClock(Date.now())
    const place = memory()
    const store = pipe(place, expiring({ ttl: 60_000, by: 'modified', now }))
    await store.set('a', bytes('plain'))
    expect(text(await place.get('a'))).toBe('plain')
    expect(await store.has('a')).toBe(true)
    pass(120_000)
    expect(await store.get('a')).toBeUndefined()
    expect(await collect(store.keys())).toEqual([])
    expect(await sweep(store)).toBe(1)
    expect(await rejection(store.set('b', bytes('b'), { ttl: 5 }))).toMatchObject({ code: 'Unsupported' })

    const timeless = createStore({
      name: 'timeless',
      get: () => bytes('x'),
      keys: () => ['a'],
      stat: () => ({ size: 1 }),
      set: () => {},
      delete: () => {},
    })
    const error = await rejection(pipe(timeless, expiring({ ttl: 5, by: 'modified' })).get('a'))
    expect(error).toMatchObject({ code: 'Unsupported', key: 'a' })
    expect(() => expiring({ by: 'modified' })).toThrow('needs a ttl')
  })
})

describe('a clock', () => {
  it('that is set back resurrects nothing', async () => {
    const { store, pass, set } = opened()
    await store.set('a', bytes('one'))
    pass(100)
    expect(await store.get('a')).toBeUndefined()
    set(0)
    expect(await store.get('a')).toBeUndefined()
    await store.set('b', bytes('two'))
    expect(text(await store.get('b'))).toBe('two')
  })

  it('of the system may be set without effect', async () => {
    const place = memory()
    const store = pipe(place, expiring({ ttl: 60_000 }))
    await store.set('a', bytes('one'))
    const { now } = Date
    try {
      Date.now = () => now() + 1e9
      expect(text(await store.get('a'))).toBe('one')
      // Opened after the clock was set, a store goes by it.
      expect(await pipe(place, expiring()).get('a')).toBeUndefined()
    } finally {
      Date.now = now
    }
  })

  it('that fails or gives no number fails the call by the outer key', async () => {
    for (const now of [
      () => Number.NaN,
      () => {
        throw new Error('no time')
      },
    ]) {
      const store = pipe(memory(), expiring({ ttl: 100, now }))
      expect(await rejection(store.set('a', bytes('x')))).toMatchObject({ code: 'InvalidArgument', key: 'a' })
    }
  })
})

describe('values that were stored without an end', () => {
  it('are listed and reject Incompatible, and are swept by nobody', async () => {
    const { store, place } = opened()
    await place.set('foreign', bytes('a value without'))
    await place.set('short', new Uint8Array([0xe1, 0]))
    await place.set('empty', new Uint8Array())
    expect(await collect(store.keys())).toEqual(['foreign', 'short', 'empty'])
    for (const read of [store.get, store.has, store.stat])
      expect(await rejection(read('foreign'))).toMatchObject({ code: 'Incompatible', key: 'foreign' })
    for (const key of ['short', 'empty'])
      expect(await rejection(store.get(key))).toMatchObject({ code: 'Corrupt', key })
    expect(await sweep(store)).toBe(0)
    expect(await place.size()).toBe(3)
  })

  it('of other kinds need another way', () => {
    expect(() => pipe(fromMap(new Map([['a', 1]])), expiring())).toThrow("by: 'modified'")
  })
})

describe('ranges', () => {
  it('are of the value, not of what is stored', async () => {
    const { store } = opened()
    await store.set('a', bytes('0123456789'))
    const range = async (asked: object) => text(await readRange(store, 'a', asked as never))
    expect(await range({ start: 2, end: 4 })).toBe('23')
    expect(await range({ suffix: 3 })).toBe('789')
    expect(await range({ suffix: 30 })).toBe('0123456789')
    expect(await range({ start: 10, end: 10 })).toBe('')
    expect(text(await joined((await readStream(store, 'a')) ?? []))).toBe('0123456789')
    const error = await rejection(readRange(store, 'a', { start: 10 }))
    expect(error).toMatchObject({ code: 'RangeNotSatisfiable', key: 'a' })
    expect(error.message).toContain('no byte 10')
  })
})

describe('sweep', () => {
  it('removes what is over, through views and layers, and tells how much', async () => {
    const { store, place, pass } = opened()
    const view = pipe(cached(store), mapKeys(prefix('p/')))
    await store.set('p/a', bytes('a'))
    await store.set('other', bytes('o'))
    await store.set('p/stays', bytes('s'), { ttl: 1000 })
    pass(100)
    expect(await sweep(view)).toBe(2)
    expect(await collect(place.keys())).toEqual(['p/stays'])
    expect(await sweep(store)).toBe(0)
  })

  it.each(['get', 'delete'] as const)(
    'never takes a value along that is stored meanwhile, before its %s',
    async step => {
      const { store: place, before } = spied(memory())
      const { now, pass } = handClock()
      const store = pipe(place, expiring({ ttl: 100, now }))
      await store.set('a', bytes('old'))
      pass(100)
      before[step] = async () => {
        before[step] = undefined
        await store.set('a', bytes('new'))
      }
      expect(await sweep(store)).toBe(0)
      expect(text(await store.get('a'))).toBe('new')
    },
  )

  it('needs the layer, the right to write, and a store that deletes conditionally', async () => {
    const { store, pass } = opened()
    expect(await rejection(sweep(memory()))).toMatchObject({ code: 'Unsupported', op: 'sweep' })
    expect(await rejection(sweep(readOnly(store) as never))).toMatchObject({ code: 'ReadOnly' })
    const { driver } = viewBehind(memory()).source
    const plain = createStore({ ...(driver as unknown as WritableDriver), guarantees: {} })
    const { now } = handClock()
    const loose = pipe(plain, expiring({ ttl: 1, now }))
    expect(await rejection(sweep(loose))).toMatchObject({ code: 'Unsupported' })
    expect(await sweep(loose, { unguarded: true })).toBe(0)
    pass(1)
    await store.close()
    expect(await rejection(sweep(store))).toMatchObject({ code: 'Closed' })
  })
})
