import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { resolveRange } from '../../src/adapter.ts'
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
  type Range,
  readOnly,
  readRange,
  readStream,
  rename,
  StoreError,
  update,
  type WritableDriver,
  writeStream,
} from '../../src/index.ts'
import { cached, expiring, flush, sweep } from '../../src/layers.ts'
import { viewBehind } from '../../src/view/over.ts'
import { handClock } from './support/hand-clock.ts'
import { promising } from './support/promising.ts'
import { scripted } from './support/scripted.ts'
import { signalled } from './support/signalled.ts'
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
describe('what expiring says', () => {
  it('of what it cannot stand on, and of what it did not write', async () => {
    expect(() => expiring({ by: 'modified' })).toThrow(
      "expiring: by: 'modified' needs a ttl, as no value has one of its own",
    )
    expect(() => pipe(fromMap<string, number>(), expiring({ ttl: 5 }))).toThrow(
      "expiring: the values of map are no bytes, so that no end can stand before them; use by: 'modified' where the store keeps times",
    )
    const { store, place } = opened()
    await place.set('foreign', bytes('written by another'))
    await place.set('part', Uint8Array.of(0xe1, 0, 0))
    await place.set('empty', new Uint8Array())
    const why = async (key: string) => (await rejection(store.get(key))).message
    expect(await why('foreign')).toContain(
      'the value was stored without an end; only what expiring wrote can be read through it',
    )
    expect(await why('part')).toContain('the value has 3 bytes, fewer than its end takes')
    expect(await why('empty')).toContain('the value has 0 bytes, fewer than its end takes')
    expect(await rejection(store.get('part'))).toMatchObject({ code: 'Corrupt', key: 'part' })
    expect(await rejection(readStream(store, 'foreign'))).toMatchObject({ code: 'Incompatible' })
    const timeless = createStore({
      name: 'timeless',
      get: () => bytes('1'),
      keys: () => [],
      stat: () => ({ size: 1 }),
      set: () => {},
      delete: () => {},
    })
    const aged = await rejection(pipe(timeless, expiring({ ttl: 5, by: 'modified' })).get('a'))
    expect(aged).toMatchObject({ code: 'Unsupported' })
    expect(aged.message).toContain("the store keeps no times; leave out by: 'modified'")
    const clockless = pipe(memory(), expiring({ ttl: 5, now: () => Number.NaN }))
    const failed = await rejection(clockless.set('a', bytes('1')))
    expect(failed.message).toContain(
      'the clock of expiring failed: now gives milliseconds since 1970, not NaN',
    )
  })

  it('of a condition that does not hold, and of a sweep that cannot be safe', async () => {
    const { store, pass } = opened()
    await store.set('a', bytes('1'))
    const ifMatch = (await store.stat('a'))?.etag as string
    pass(100)
    expect((await rejection(store.set('a', bytes('2'), { ifMatch }))).message).toContain(
      'there is no value any more',
    )
    const plain = pipe(promising({ conditions: ['ifAbsent'] }), expiring({ ttl: 5 }))
    expect(guarantees(plain).conditions).toEqual([])
    const unsafe = await rejection(sweep(plain))
    expect(unsafe.code).toBe('Unsupported')
    expect(unsafe.message).toContain('sweep needs a store that deletes conditionally (deleteIfMatch)')
    expect((await rejection(sweep(memory()))).message).toContain(
      'sweep needs a store that expiring has made, or one on top of it',
    )
    expect((await rejection(flush(memory()))).message).toContain(
      'flush needs a store that buffered has made, or one on top of it',
    )
    expect(await rejection(sweep(readOnly(store) as never))).toMatchObject({ code: 'ReadOnly' })
    expect(await rejection(sweep(store, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'Aborted' })
  })

  it('of the length of values, which its header takes from', () => {
    expect(guarantees(pipe(promising({ maxValueBytes: 20 }), expiring({ ttl: 5 }))).maxValueBytes).toBe(12)
    expect(guarantees(pipe(promising({ maxValueBytes: 5 }), expiring({ ttl: 5 }))).maxValueBytes).toBe(0)
    expect(guarantees(pipe(memory(), expiring({ ttl: 5 }))).maxValueBytes).toBeNull()
  })
})

describe('a part of a value that ends', () => {
  it('is counted from the first byte of the value, however it is asked for', async () => {
    const { store, pass } = opened()
    await store.set('a', bytes('0123456789'))
    const part = async (range: object) => text(await readRange(store, 'a', range as never))
    expect(await part({ start: 0, end: 3 })).toBe('012')
    expect(await part({ start: 4 })).toBe('456789')
    expect(await part({ end: 2 })).toBe('01')
    expect(await part({ start: 8, end: 100 })).toBe('89')
    expect(await part({ start: 3, end: Number.MAX_SAFE_INTEGER })).toBe('3456789')
    expect(await part({ suffix: 3 })).toBe('789')
    expect(await part({ suffix: 10 })).toBe('0123456789')
    expect(await part({ suffix: 100 })).toBe('0123456789')
    expect(await part({ suffix: Number.MAX_SAFE_INTEGER })).toBe('0123456789')
    const beyond = await rejection(readRange(store, 'a', { start: 10 }))
    expect(beyond).toMatchObject({ code: 'RangeNotSatisfiable', key: 'a' })
    expect(beyond.message).toContain('the value has no byte 10')
    expect(await readRange(store, 'none', { start: 1 })).toBeUndefined()
    pass(100)
    expect(await readRange(store, 'a', { suffix: 3 })).toBeUndefined()
  })

  it('comes by chunks of any length, without the header', async () => {
    for (const size of [1, 3, 8, 9, 100]) {
      const below = memory()
      const chunked = createStore({
        ...viewBehind(below).source.driver,
        name: 'chunked',
        async readStream(key: string, range?: Range) {
          const stored = await below.get(key)
          const { start, end } = resolveRange(range, stored?.length ?? 0)
          const whole = stored?.slice(start, end)
          return (
            whole &&
            (async function* () {
              for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size)
            })()
          )
        },
      } as never) as ReturnType<typeof memory>
      const store = pipe(chunked, expiring({ ttl: 1e6 }))
      for (const value of ['', '1', '0123456789']) {
        await store.set('a', bytes(value))
        expect(text(await joined((await readStream(store, 'a')) as never))).toBe(value)
        expect(text(await joined((await readStream(store, 'a', { suffix: 100 })) as never))).toBe(value)
      }
    }
  })

  it('fails as the store below does, which is neither an empty value nor one that is too short', async () => {
    const { store: below, next } = scripted()
    const store = pipe(below, expiring({ ttl: 1e6 }))
    await store.set('a', bytes('0123456789'))
    const busy = new StoreError('Unavailable', 'busy')
    next.get = [busy]
    expect(await rejection(store.has('a'))).toMatchObject({ code: 'Unavailable' })
    next.get = [undefined, busy]
    expect(await rejection(readRange(store, 'a', { start: 1 }))).toMatchObject({ code: 'Unavailable' })
    await below.set('short', Uint8Array.of(0xe1, 1, 2))
    expect(await rejection(readStream(store, 'short'))).toMatchObject({ code: 'Corrupt' })
  })

  it('ends the stream below when it is left, and when the time of the value is over', async () => {
    let ended = 0
    const chunks = async function* (stored: Uint8Array) {
      try {
        yield stored.slice(0, 10)
        yield stored.slice(10)
      } finally {
        ended++
      }
    }
    const place = memory()
    const streaming = createStore({
      ...(viewBehind(place).source.driver as unknown as WritableDriver),
      name: 'streaming',
      readStream: async key => chunks((await place.get(key)) as Uint8Array),
    })
    const { now, pass } = handClock()
    const store = pipe(streaming, expiring({ ttl: 100, now }))
    await store.set('a', bytes('0123456789'))
    const left = (await readStream(store, 'a'))?.getReader()
    expect(text((await left?.read())?.value)).toBe('01')
    await left?.cancel()
    expect(ended).toBe(1)
    pass(100)
    expect(await readStream(store, 'a')).toBeUndefined()
    expect(ended).toBe(2)
  })

  it('has the length that the store tells, if it tells one', async () => {
    const silent = promising({}, { stat: () => ({ etag: 'v1' }) })
    const store = pipe(silent, expiring({ ttl: 1e6 }))
    await store.set('a', bytes('0123456789'))
    expect(await store.stat('a')).toEqual({ etag: 'v1' })
  })

  it('a stream has a header, also of a length that is told', async () => {
    const { store, place, pass } = opened()
    await writeStream(store, 'a', [bytes('01'), bytes('234')], { size: 5 })
    expect((await store.stat('a'))?.size).toBe(5)
    expect((await place.stat('a'))?.size).toBe(13)
    expect(await rejection(writeStream(store, 'b', [bytes('01')], { size: 5 }))).toMatchObject({
      key: 'b',
    })
    await writeStream(store, 'c', [bytes('0')], { ttl: 10 } as never)
    pass(10)
    expect([await store.has('a'), await store.has('c')]).toEqual([true, false])
  })

  it('batches end too', async () => {
    const { store, pass } = opened()
    await store.setMany([['a', bytes('1')]])
    await batch(store, [{ set: 'b', value: bytes('2') }, { delete: 'none' }])
    expect((await collect(store.getMany(['a', 'b']))).map(([, value]) => text(value))).toEqual(['1', '2'])
    expect((await collect(store.entries({ limit: 1 }))).map(([key]) => key)).toEqual(['a'])
    expect(await collect(store.keys({ limit: 1 }))).toEqual(['a'])
    pass(100)
    expect(await collect(store.entries())).toEqual([])
    expect(await sweep(store)).toBe(2)
    expect(await sweep(store)).toBe(0)
  })

  it('the signal and write options go on to the store below', async () => {
    for (const by of [undefined, 'modified'] as const) {
      const { store: below, without } = signalled()
      const store = pipe(below, expiring({ ttl: 1e6, by }))
      const { signal } = new AbortController()
      await store.set('a', bytes('1'), { signal })
      await store.set('a', bytes('1'), { signal, contentType: 'text/plain' } as never)
      expect((await below.stat('a', { signal }))?.contentType).toBe('text/plain')
      await store.get('a', { signal })
      await store.has('a', { signal })
      const ifMatch = (await store.stat('a', { signal }))?.etag as string
      await store.set('a', bytes('2'), { signal, ifMatch })
      await store.set('b', bytes('2'), { signal, ifAbsent: true })
      await collect(store.keys({ signal }))
      await collect(store.entries({ signal }))
      await collect(store.getMany(['a', 'b'], { signal }))
      await joined((await readStream(store, 'a', { signal })) as never)
      await writeStream(store, 'c', [bytes('1')], { signal })
      await rename(store, 'c', 'd', { signal, ifAbsent: true })
      await store.deleteMany(['d'], { signal })
      await store.delete('b', { signal })
      await sweep(store, { signal })
      expect(without).toEqual([])
    }
  })
})
describe('clocks and ends', () => {
  it('without a clock of the user ends are times of the system', async () => {
    const place = memory()
    const store = pipe(place, expiring({ ttl: 3_600_000 }))
    const before = Date.now()
    await store.set('a', bytes('1'))
    const view = new DataView(((await place.get('a')) as Uint8Array).buffer)
    const end = (view.getUint32(0) % 2 ** 24) * 2 ** 32 + view.getUint32(4)
    expect(end).toBeGreaterThanOrEqual(before + 3_600_000 - 60_000)
    expect(end).toBeLessThan(Date.now() + 3_600_000 + 60_000)
  })

  it('by the time of writing a value ends with its ttl, on the millisecond', async () => {
    const place = memory()
    await place.set('a', bytes('1'))
    const written = (await place.stat('a'))?.modified?.getTime() as number
    let now = written + 99
    const store = pipe(place, expiring({ ttl: 100, by: 'modified', now: () => now }))
    expect([await store.has('a'), text(await store.get('a'))]).toEqual([true, '1'])
    now++
    expect([await store.has('a'), await store.get('a'), await readStream(store, 'a')]).toEqual([
      false,
      undefined,
      undefined,
    ])
    expect(await sweep(store)).toBe(1)
  })

  it('a sweep leaves what somebody wrote meanwhile, and tells what fails', async () => {
    const { store: below, next } = scripted()
    let now = 1000
    const store = pipe(below, expiring({ ttl: 100, now: () => now }))
    await store.set('a', bytes('1'))
    now += 100
    next.delete = [
      async () => {
        await store.set('a', bytes('2'))
        await below.delete('a', { ifMatch: 'old' })
      },
    ]
    expect(await sweep(store)).toBe(0)
    expect(text(await store.get('a'))).toBe('2')
    now += 100
    next.delete = [new Error('no disk')]
    expect(await rejection(sweep(store))).toMatchObject({ cause: { message: 'no disk' } })
    next.delete = []
    expect(await sweep(store)).toBe(1)
    expect(await sweep(store, { unguarded: true })).toBe(0)
    const plain = scripted({ conditions: false })
    const swept = pipe(plain.store, expiring({ ttl: 100, now: () => now }))
    await swept.set('a', bytes('1'))
    now += 100
    expect(await sweep(swept, { unguarded: true })).toBe(1)
    expect(await plain.below.size()).toBe(0)
  })
})
describe('a backend that ends values itself', () => {
  /** A map that notes when its values are to end. */
  function native(valueType: 'any' | 'bytes' = 'any') {
    const map = new Map<string, unknown>()
    const ends: unknown[] = []
    const store = createStore({
      name: 'native',
      valueType,
      writeOptions: ['expiresAt', 'contentType'],
      get: (key: string) => map.get(key),
      keys: () => [...map.keys()],
      stat: () => ({ modified: new Date(0) }),
      set: (
        key: string,
        value: unknown,
        { expiresAt, contentType }: { expiresAt?: number; contentType?: string },
      ) => {
        ends.push([expiresAt, contentType])
        map.set(key, value)
      },
      delete: (key: string) => void map.delete(key),
    } as never) as unknown as ReturnType<typeof fromMap<string, unknown>>
    return { store, ends, map }
  }

  it('is told when, with values of any type, and keeps its other options', async () => {
    const { store, ends } = native()
    const ended = pipe(store, expiring({ ttl: 100.4, now: () => 1000 }))
    await ended.set('a', { any: true })
    await ended.set('b', 1, { ttl: 5 })
    await ended.set('c', 1, { ttl: Number.POSITIVE_INFINITY })
    await ended.set('d', 1, { contentType: 'text/plain' } as never)
    expect(ends).toEqual([
      [1100, undefined],
      [1005, undefined],
      [undefined, undefined],
      [1100, 'text/plain'],
    ])
    expect(await ended.get('a')).toEqual({ any: true })
    expect(await sweep(ended)).toBe(0)
    expect((await rejection(ended.set('a', 1, { ttl: -1 }))).store).toBe('expiring over native')
    await rename(ended, 'b', 'e')
    expect(await ended.get('e')).toBe(1)
  })

  it('is not asked where the time of writing is to tell', async () => {
    const { store, ends, map } = native('bytes')
    map.set('a', bytes('1'))
    const aged = pipe(store, expiring({ ttl: 100, by: 'modified', now: () => 99 }))
    expect(await aged.has('a')).toBe(true)
    const over = pipe(store, expiring({ ttl: 100, by: 'modified', now: () => 100 }))
    expect(await over.has('a')).toBe(false)
    expect(ends).toEqual([])
    const headed = pipe(memory(), expiring({ ttl: 100, by: 'header', now: () => 0 }))
    await headed.set('a', bytes('1'))
    expect(text(await headed.get('a'))).toBe('1')
  })
})
