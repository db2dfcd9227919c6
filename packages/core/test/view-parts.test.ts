import { bytes, collect, refusal, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  filterKeys,
  mapKeys,
  mapValues,
  memory,
  pipe,
  prefix,
  readOnly,
  type Store,
  StoreError,
} from '../src/index.ts'
import { closed } from '../src/view/abort.ts'
import { atOnce } from '../src/view/at-once.ts'
import { eachBounded } from '../src/view/bounded.ts'
import { viewBehind } from '../src/view/over.ts'

describe('a store that does not come from createStore', () => {
  /** A store written out by hand, which notes what it is asked. */
  function foreign() {
    const asked: unknown[][] = []
    const answer =
      <T>(method: string, value: T) =>
      (...given: unknown[]) => {
        asked.push([method, ...given])
        return value
      }
    const reader = {
      get: answer('get', Promise.resolve('v')),
      has: answer('has', Promise.resolve(true)),
      stat: answer('stat', Promise.resolve({ size: 7 })),
      size: answer('size', Promise.resolve(9)),
      keys: answer('keys', ['p/a', 'x']),
    }
    const writer = { set: answer('set', Promise.resolve()), delete: answer('delete', Promise.resolve()) }
    return { asked, reader, writer, close: answer('close', Promise.resolve()) }
  }

  it('is asked by its own methods, through transforms too', async () => {
    const { asked, reader, writer, close } = foreign()
    const store = pipe(
      { ...reader, ...writer, close } as unknown as Store<string, string>,
      mapKeys(prefix('p/')),
    )
    const { signal } = new AbortController()
    expect(await store.get('a', { signal })).toBe('v')
    expect(await store.has('a')).toBe(true)
    expect(await store.stat('a')).toEqual({ size: 7 })
    expect(await collect(store.keys())).toEqual(['a'])
    await store.set('a', 'w', { signal })
    await store.delete('a')
    await store.close()
    expect(asked.map(([method, key]) => [method, typeof key === 'string' ? key : ''])).toEqual([
      ['get', 'p/a'],
      ['has', 'p/a'],
      ['stat', 'p/a'],
      ['keys', ''],
      ['set', 'p/a'],
      ['delete', 'p/a'],
      ['close', ''],
    ])
    expect(asked[4]).toEqual(['set', 'p/a', 'w', { signal }])
  })

  it('is counted by itself, named in errors, and can only be read without `set`', async () => {
    const { asked, reader } = foreign()
    const view = viewBehind(reader as unknown as Store<string, string>)
    expect(await view.size()).toBe(9)
    expect(asked.map(([method]) => method)).toEqual(['size'])
    expect(await rejection(view.set('a', 'w'))).toMatchObject({ code: 'ReadOnly', store: 'store' })
    // It need not be closed.
    await view.close()
  })
})

describe('a call at once', () => {
  const view = (more: object = {}) =>
    viewBehind(
      createStore({
        name: 'one',
        get: () => undefined,
        keys: () => [],
        set: () => {},
        delete: () => {},
        ...more,
      }),
    )

  it('answers at once what is there at once, and later what comes later', async () => {
    const of = view()
    expect(atOnce(of, 'get', 'k', 7, {}, (_, key, value) => [key, value])).toEqual(['k', 7])
    expect(of.source.active).toBe(0)
    const later = atOnce(of, 'get', 'k', 7, {}, async (_, key) => key)
    expect(of.source.active).toBe(1)
    expect(await later).toBe('k')
    expect(of.source.active).toBe(0)
  })

  it('tells of failures what and of which key, whether they come at once or later', async () => {
    const of = view()
    const fail = () => {
      throw new StoreError('Unavailable', 'lost')
    }
    const wanted = { code: 'Unavailable', op: 'get', key: 'k', store: 'one' }
    expect(refusal(() => atOnce(of, 'get', 'k', undefined, {}, fail))).toMatchObject(wanted)
    expect(of.source.active).toBe(0)
    const later = async () => fail()
    expect(await rejection(() => atOnce(of, 'get', 'k', undefined, {}, later))).toMatchObject(wanted)
    expect(of.source.active).toBe(0)
    const signal = AbortSignal.abort()
    expect(refusal(() => atOnce(of, 'get', 'k', undefined, { signal }, fail))).toMatchObject({
      code: 'Aborted',
    })
  })

  it('tells of an illegal key before an illegal value in a set alone', () => {
    const of = view()
    const invalid = () => {
      throw new StoreError('InvalidValue', 'no')
    }
    expect(refusal(() => atOnce(of, 'set', '', 7, {}, invalid))).toMatchObject({
      code: 'InvalidKey',
      op: 'set',
    })
    expect(refusal(() => atOnce(of, 'set', 'k', 7, {}, invalid))).toMatchObject({
      code: 'InvalidValue',
      op: 'set',
    })
    expect(refusal(() => atOnce(of, 'get', '', 7, {}, invalid))).toMatchObject({
      code: 'InvalidValue',
      op: 'get',
    })
  })

  it('is waited for by closing where there is something to release', () => {
    const over = memory()
    const counted = (more: object) => {
      let active = -1
      const of = view(more)
      void atOnce(of, 'get', 'k', undefined, {}, () => {
        active = of.source.active
      })
      expect(of.source.active).toBe(0)
      return active
    }
    expect(counted({})).toBe(1)
    expect(counted({ over })).toBe(0)
    expect(counted({ over, close: () => {} })).toBe(1)
    expect(counted({ close: () => {} })).toBe(1)
  })
})

describe('a call at once on a layer that releases nothing', () => {
  it('is not counted, however it ends', async () => {
    const of = viewBehind(createStore({ name: 'over', get: () => undefined, keys: () => [], over: memory() }))
    const fail = () => {
      throw new StoreError('Unavailable', 'lost')
    }
    expect(refusal(() => atOnce(of, 'get', 'k', undefined, {}, fail))).toMatchObject({ code: 'Unavailable' })
    await atOnce(of, 'get', 'k', undefined, {}, async () => 1)
    expect(await rejection(() => atOnce(of, 'get', 'k', undefined, {}, async () => fail()))).toMatchObject({
      code: 'Unavailable',
    })
    expect(of.source.active).toBe(0)
  })
})

describe('a batch', () => {
  const turn = () => new Promise(resolve => setImmediate(resolve))

  it('of what is there goes to the driver before the caller goes on', async () => {
    let given: unknown
    const store = createStore({
      name: 'batches',
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      setMany(entries) {
        given = [...entries]
      },
    })
    const written = store.setMany([['a', bytes('v')]])
    expect(given).toEqual([['a', bytes('v')]])
    await written
  })

  it('tells of a failure at a key that was not in it', async () => {
    const store = createStore({
      name: 'odd',
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      setMany: () => new Map([['other', new StoreError('Unavailable', 'lost')]]),
    })
    expect(await rejection(store.setMany([['a', bytes('v')]]))).toMatchObject({
      code: 'Unavailable',
      detail: expect.stringContaining('1 failed, see failures; first: '),
    })
  })

  it('blames a source that fails, whether it answers at once or later', async () => {
    const cause = new RangeError('mine')
    const now = function* (): Generator<[string, Uint8Array]> {
      yield ['a', bytes('v')]
      throw cause
    }
    const later = async function* () {
      yield* now()
    }
    for (const source of [now, later])
      expect(await rejection(memory().setMany(source()))).toMatchObject({
        code: 'Aborted',
        detail: 'the source failed: mine',
        cause,
      })
  })

  it('begins nothing more once a part of it has failed, and waits for what is under way', async () => {
    const begun: number[] = []
    let ended = 0
    async function* items() {
      for (let item = 0; item < 6; item++) {
        await turn()
        yield item
      }
    }
    const work = async (item: number) => {
      begun.push(item)
      if (item === 1) throw new RangeError('lost')
      for (let turns = 0; turns < 20; turns++) await turn()
      ended++
    }
    await expect(eachBounded(items(), 100, work)).rejects.toThrow('lost')
    expect(begun.length).toBeLessThan(4)
    expect(ended).toBe(begun.length - 1)
  })
})

describe('a key that a filter hides', () => {
  it('is not asked of the driver', async () => {
    const asked: unknown[] = []
    const ask = (key: unknown): undefined => {
      asked.push(key)
    }
    const has = (key: unknown) => ask(key) ?? false
    const store = pipe(
      createStore({ name: 'asked', get: ask, has, stat: ask, keys: () => [] }),
      filterKeys((key: string) => key !== 'hidden'),
    )
    expect(await store.get('hidden')).toBeUndefined()
    expect(await store.has('hidden')).toBe(false)
    expect(await store.stat('hidden')).toBeUndefined()
    expect(asked).toEqual([])
    expect(await rejection(store.getOrThrow('hidden'))).toMatchObject({
      code: 'NotFound',
      detail: 'there is no such key',
    })
  })
})

describe('errors of closed stores', () => {
  it('say by what the store was closed', async () => {
    expect(closed()).toMatchObject({ code: 'Closed', detail: 'the store is closed' })
    expect(closed('them')).toMatchObject({ code: 'Closed', detail: 'the store was closed by them' })
    const store = memory()
    const view = pipe(store, mapKeys(prefix('p/')))
    await view.close()
    expect(await rejection(store.set('k', bytes('v')))).toMatchObject({
      code: 'Closed',
      detail: expect.stringContaining('closed by'),
    })
  })
})

describe('views say what was wrong', () => {
  const store = () => pipe(memory({ order: 'utf8-bytes' }), mapKeys(prefix('p/')))
  const plain = memory()
  const first = async (listing: AsyncIterable<unknown>) => await listing[Symbol.asyncIterator]().next()
  const failing = (thrown: unknown) => () => {
    throw thrown
  }
  const why = new RangeError('mine')
  const codec = (one: object) =>
    mapKeys({ decode: (key: string) => key, encode: (key: string) => key, ...one })
  const encoded = (below: Store<string, Uint8Array>, one: object) =>
    pipe(
      below,
      mapValues({ decode: (value: Uint8Array) => value, encode: (value: Uint8Array) => value, ...one }),
    ) as Store<string, unknown>
  const filtered = (keep: (key: string) => unknown) =>
    pipe(memory(), filterKeys(keep as (key: string) => boolean))
  const filled = async () => {
    const filled = memory()
    await filled.set('k', bytes('v'))
    return filled
  }
  const call = (run: (store: Store<string, Uint8Array>) => Promise<unknown>) => async () =>
    await run(await filled())

  it.each<[() => Promise<unknown>, string, string]>([
    [
      () => pipe(memory(), codec({ encode: failing(why) })).get('k'),
      'InvalidKey',
      'the key does not fit the key codec: mine',
    ],
    [
      call(below => first(pipe(below, codec({ decode: failing(why) })).keys())),
      'Corrupt',
      'the key codec failed on a listed key; see its cause',
    ],
    [() => filtered(failing(why)).get('k'), 'InvalidArgument', 'the predicate of filterKeys failed: mine'],
    [
      () => filtered(async () => true).get('k'),
      'InvalidArgument',
      'a predicate of filterKeys answers true or false, not a value of type Promise; one that answers later cannot be used',
    ],
    [
      () => filtered(() => false).set('k', bytes('v')),
      'ReadOnly',
      'the key is not in this view (filterKeys); write it to the store under the view',
    ],
    [
      call(below => encoded(below, { decode: failing(why) }).get('k')),
      'Corrupt',
      'the stored value cannot be decoded; see its cause',
    ],
    [
      call(below => encoded(below, { decode: async () => failing(why)() }).get('k')),
      'Corrupt',
      'the stored value cannot be decoded; see its cause',
    ],
    [
      call(below => encoded(below, { decode: () => undefined }).get('k')),
      'Corrupt',
      'the stored value cannot be decoded; see its cause',
    ],
    [
      call(below => encoded(below, { encode: failing(why) }).set('k', 1)),
      'InvalidValue',
      'the value cannot be encoded: mine',
    ],
    [
      call(below => encoded(below, { encode: failing('text') }).set('k', 1)),
      'InvalidValue',
      'the value cannot be encoded; see its cause',
    ],
    [
      () => plain.set('k', undefined as never),
      'InvalidValue',
      'undefined is not a value; to remove one, use delete',
    ],
    [() => viewBehind(readOnly(memory())).delete('k'), 'ReadOnly', 'this store can only be read'],
    [
      () => first(store().keys({ prefix: 5 as never })),
      'InvalidArgument',
      'prefix is a well-formed string for string keys, else leading elements or some fields of a key, not 5',
    ],
    [
      () => first(plain.keys({ from: 'a' })),
      'Unsupported',
      'from needs a store that lists in key order, and this one does not',
    ],
    [
      () => first(plain.keys({ reverse: true })),
      'Unsupported',
      'reverse needs a store that lists backwards, and this one does not',
    ],
    [
      () => first(plain.getMany(5 as never)),
      'InvalidArgument',
      'getMany takes an array or another iterable, not 5',
    ],
    [() => plain.setMany(5 as never), 'InvalidArgument', 'setMany takes an array or another iterable, not 5'],
    [() => plain.setMany(['a'] as never), 'InvalidArgument', 'setMany takes pairs [key, value], not "a"'],
    [
      () => plain.deleteMany(null as never),
      'InvalidArgument',
      'deleteMany takes an array or another iterable, not null',
    ],
    [() => plain.get('k', { limit: 1 } as never), 'Unsupported', 'no option limit here; there is signal'],
    [
      () => plain.set('k', bytes('v'), { ifabsent: true } as never),
      'Unsupported',
      'no option ifabsent here; there is signal, ifAbsent, ifMatch, transfer, contentType',
    ],
    [
      () => plain.delete('k', { contentType: 'text/plain' } as never),
      'Unsupported',
      'no option contentType here; there is signal, ifMatch',
    ],
    [() => plain.get('k', 5 as never), 'InvalidArgument', 'the options are an object, not 5'],
    [
      () => first(plain.keys('a/' as never)),
      'InvalidArgument',
      'the options are an object, { prefix: "a/" }, not "a/"',
    ],
    [() => plain.get('k', 'a' as never), 'InvalidArgument', 'the options are an object, not "a"'],
    [
      () => plain.get('k', { signal: {} as never }),
      'InvalidArgument',
      'signal is an AbortSignal, not a value of type Object',
    ],
    [
      () => first(plain.keys({ limit: -1 })),
      'InvalidArgument',
      'limit is a whole number from 0, or Infinity, not -1',
    ],
    [
      () => plain.setMany([], { concurrency: 0 }),
      'InvalidArgument',
      'concurrency is a whole number from 1, or Infinity, not 0',
    ],
    [
      () => plain.set('k', bytes('v'), { ifMatch: '' }),
      'InvalidArgument',
      'ifMatch is an etag from stat; leave it out to write anyway, not ""',
    ],
    [
      () => plain.set('k', bytes('v'), { ifAbsent: true, ifMatch: 'a' } as never),
      'InvalidArgument',
      'ifAbsent and ifMatch contradict each other',
    ],
    [
      () => plain.set('k', bytes('v'), { ifAbsent: 1 as never }),
      'InvalidArgument',
      'ifAbsent is true or false, not 1',
    ],
    [
      () => createStore({ name: 'a', get: failing(why), keys: () => [] }).get('k'),
      'Unknown',
      'the driver failed unexpectedly',
    ],
    [
      () => memory({ maxBytes: 1 }).set('k', bytes('ab')),
      'TooLarge',
      'a value has at most 1 bytes here, not 2',
    ],
  ])('in a call: %#', async (run, code, detail) => {
    expect(await rejection(run)).toMatchObject({ code, detail })
  })

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [5, '5'],
    [new Map(), 'a value of type Map'],
    [Promise.resolve(memory()), 'a value of type Promise'],
    [{ get: () => undefined }, 'a value of type Object'],
    [{ keys: () => [] }, 'a value of type Object'],
  ])('of what is no store: %#', (given, shown) => {
    expect(() => viewBehind(given as never)).toThrow(
      new TypeError(
        `${shown} is no store: a Map becomes one by fromMap(map), a promise by await, a function by calling it`,
      ),
    )
  })

  it('of conditions that a store cannot keep', async () => {
    const nothing = () => {}
    const bare = createStore({
      name: 'a',
      get: () => undefined,
      keys: () => [],
      set: nothing,
      delete: nothing,
    })
    const detail = (condition: string) => `this store cannot do ${condition} without a race`
    expect(await rejection(bare.set('k', bytes('v'), { ifAbsent: true }))).toMatchObject({
      code: 'Unsupported',
      detail: detail('ifAbsent'),
    })
    expect(await rejection(bare.set('k', bytes('v'), { ifMatch: 'a' }))).toMatchObject({
      detail: detail('ifMatch'),
    })
    expect(await rejection(bare.delete('k', { ifMatch: 'a' }))).toMatchObject({
      detail: detail('deleteIfMatch'),
    })
    await bare.set('k', bytes('v'), { ifAbsent: false })
  })

  it('of failures of the user’s functions that pass, with the code that they had', async () => {
    const codes = [
      'Unavailable',
      'Timeout',
      'RateLimited',
      'Aborted',
      'PermissionDenied',
      'Unauthenticated',
      'OutOfSpace',
      'TooLarge',
      'Unsupported',
    ] as const
    for (const code of codes) {
      const thrown = new StoreError(code, 'below', { retryAfterMs: 5, retryable: true })
      expect(await rejection(encoded(memory(), { encode: failing(thrown) }).set('k', 1))).toMatchObject({
        code,
        retryAfterMs: 5,
        retryable: true,
      })
    }
    for (const code of ['NotFound', 'Conflict', 'ReadOnly', 'Closed', 'Corrupt'] as const)
      expect(
        await rejection(encoded(memory(), { encode: failing(new StoreError(code, 'below')) }).set('k', 1)),
      ).toMatchObject({ code: 'InvalidValue', retryable: false })
  })
})
