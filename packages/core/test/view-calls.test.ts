import { bytes, collect, rejection } from '@kvdol/test-support'
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
import { accepts } from '../src/layers.ts'
import { calledFrom } from '../src/view/called-from.ts'
import { own } from '../src/view/calls.ts'
import { refuses } from '../src/view/dry-run.ts'
import { compareUtf8 } from '../src/view/match.ts'
import { viewBehind } from '../src/view/over.ts'

const nothing = () => {}

/** A store over these methods, that can be written. */
function made(more: object): Store<string, Uint8Array> {
  return createStore({
    name: 'made',
    get: () => undefined,
    keys: () => [],
    set: nothing,
    delete: nothing,
    ...more,
  }) as Store<string, Uint8Array>
}

const failing = (thrown: unknown) => () => {
  throw thrown
}

describe('the value that a driver gets', () => {
  /** What the driver got for this value. */
  async function stored(value: Uint8Array, more: object, options?: { transfer: boolean }) {
    let given: unknown
    const set = (_: string, value: unknown) => {
      given = value
    }
    await made({ set, ...more }).set('k', value, options)
    return given
  }

  it('is a copy, unless the driver copies itself, the value is handed over, or the driver takes anything', async () => {
    const value = bytes('v')
    const copied = await stored(value, {})
    expect(copied).toEqual(value)
    expect(copied).not.toBe(value)
    expect(await stored(value, { copies: true })).toBe(value)
    expect(await stored(value, {}, { transfer: true })).toBe(value)
    const [object, text] = [{}, 'v'] as never[]
    expect(await stored(object as never, { valueType: 'any' })).toBe(object)
    expect(await stored(text as never, { valueType: 'any' })).toBe(text)
  })

  it('is what it was at the call, also where a codec waits or the driver is asked later', async () => {
    const slow = mapValues({
      decode: (value: Uint8Array) => value,
      encode: async (value: Uint8Array) => value,
    })
    const store = memory()
    for (const [key, view] of [
      ['a', store],
      ['b', pipe(store, slow)],
      ['c', pipe(made({ copies: true, set: store.set }), slow)],
    ] as const) {
      const value = bytes('before')
      const written = view.set(key, value)
      value.fill(0)
      await written
      expect(await store.get(key)).toEqual(bytes('before'))
    }
    const own = made({ copies: true, set: store.set })
    const value = bytes('before')
    const written = own.setMany(
      (async function* () {
        yield ['d', value] as const
        value.fill(0)
      })(),
    )
    await written
    expect(await store.get('d')).toEqual(bytes('before'))
  })

  it('is no buffer that was transferred away', async () => {
    const gone = bytes('gone')
    structuredClone(gone.buffer, { transfer: [gone.buffer] })
    for (const more of [{}, { copies: true }])
      expect(await rejection(made(more).set('k', gone))).toMatchObject({
        code: 'InvalidValue',
        detail: 'the bytes are gone: their buffer was transferred or shrunk',
      })
    expect(await stored(bytes(''), { copies: true })).toEqual(bytes(''))
  })

  it('is refused when it is no bytes, before anyone else sees it', () => {
    const refused = (value: unknown) => () => own(viewBehind(memory()), value, {}, false)
    for (const value of ['text', 5, null, new ArrayBuffer(1)]) expect(refused(value)).toThrow(StoreError)
    const any = viewBehind(made({ valueType: 'any' }))
    expect(own(any, 'text', {}, false)).toBe('text')
  })
})

describe('the value that a reader gets', () => {
  const value = Buffer.from('v')
  const store = (valueType: 'any' | 'bytes') =>
    made({
      valueType,
      get: () => value,
      getMany: () => [value],
      async *entryPages() {
        yield [['k', value]]
      },
    })
  const read = async (store: Store<string, Uint8Array>) => [
    await store.get('k'),
    (await collect(store.getMany(['k'])))[0]?.[1],
    (await collect(store.entries()))[0]?.[1],
  ]

  it('is a plain array of bytes, or whatever it is where values are anything', async () => {
    for (const found of await read(store('bytes'))) {
      expect(Object.getPrototypeOf(found)).toBe(Uint8Array.prototype)
      expect(found).toEqual(new Uint8Array(value))
    }
    for (const found of await read(store('any'))) expect(found).toBe(value)
  })
})

describe('what makes two keys the same', () => {
  it('is the key of the driver, or the key itself where a filter hides it', () => {
    const store = memory()
    const view = pipe(store, mapKeys(prefix('p/')))
    const filtered = pipe(
      view,
      filterKeys<typeof view>(key => !key.startsWith('.')),
    )
    expect(viewBehind(view).identity('a')).toBe(viewBehind(store).identity('p/a'))
    expect(viewBehind(filtered).identity('a')).toBe(viewBehind(store).identity('p/a'))
    expect(viewBehind(filtered).identity('.a')).not.toBe(viewBehind(filtered).identity('.b'))
  })

  it('is asked of the driver for keys that are no strings alone', async () => {
    const asked: unknown[] = []
    const store = made({
      keyType: 'any',
      keys: () => ['a', ['b'], ['B']],
      identityOf(key: string[]) {
        asked.push(key)
        return key.map(part => part.toLowerCase()).join()
      },
    })
    expect(await collect(store.keys())).toEqual(['a', ['b']])
    expect(asked).toEqual([['b'], ['B']])
    const byContent = viewBehind(made({ keyType: 'any' }))
    expect(byContent.identity({ a: 1, b: [2] })).toBe(byContent.identity({ b: [2], a: 1 }))
    expect(byContent.identity(['a'])).not.toBe(byContent.identity(['b']))
  })

  it('is their order by bytes, not by code units', () => {
    const ascending = [
      '',
      'a',
      'aa',
      'b',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{103fe}',
      '\u{103ff}',
    ]
    const sign = (one: string, other: string) => Math.sign(compareUtf8(one, other))
    for (const [place, one] of ascending.entries())
      for (const [against, other] of ascending.entries())
        expect(sign(one, other)).toBe(Math.sign(place - against))
  })
})

describe('closing', () => {
  it('waits for the calls under way, then has the driver release what it holds', async () => {
    const steps: string[] = []
    let answer = (_: undefined) => {}
    const store = made({
      get: () =>
        new Promise<undefined>(resolve => {
          answer = resolve
        }),
      close: () => void steps.push('released'),
    })
    const read = store.get('k').then(() => steps.push('read'))
    const closed = store.close().then(() => steps.push('closed'))
    expect(await rejection(store.get('k'))).toMatchObject({ code: 'Closed' })
    expect(steps).toEqual([])
    answer(undefined)
    await Promise.all([read, closed])
    expect(steps.sort()).toEqual(['closed', 'read', 'released'])
    expect(viewBehind(store).source.active).toBe(0)
  })
})

describe('an error', () => {
  const lost = (key?: string) => new StoreError('Unavailable', 'lost', { key })
  const under = (key?: string) =>
    pipe(made({ size: failing(lost(key)), keys: failing(lost(key)) }), mapKeys(prefix('p/')))

  it('names a key of the driver as the caller knows it', async () => {
    expect(await rejection(collect(under('p/a').keys()))).toMatchObject({ key: 'a', op: 'keys' })
    expect(await rejection(under('p/a').size())).toMatchObject({ key: 'a', op: 'size' })
    expect(await rejection(collect(under('elsewhere').keys()))).toMatchObject({ key: 'elsewhere' })
    expect(await rejection(collect(under().keys()))).toMatchObject({ key: undefined })
    const get = pipe(made({ get: failing(lost('p/b')) }), mapKeys(prefix('p/')))
    expect(await rejection(get.get('a'))).toMatchObject({ key: 'a' })
  })

  it('that was told already keeps the key of the caller', async () => {
    const decode = failing(new RangeError('mine'))
    const asked: unknown[] = []
    const getMany = (keys: readonly string[]) => {
      asked.push(...keys)
      return [bytes('v')]
    }
    const stored = made({ get: () => bytes('v'), getMany })
    const view = pipe(stored, mapKeys(prefix('p/')), mapValues({ decode, encode: nothing } as never))
    // Its driver knows this key as `p/p/a`.
    for (const run of [() => collect(view.getMany(['p/a'])), () => view.get('p/a')])
      expect(await rejection(run)).toMatchObject({ code: 'Corrupt', key: 'p/a' })
    expect(await rejection(collect(view.getMany([''])))).toMatchObject({ code: 'InvalidKey', key: '' })
    expect(asked).toEqual(['p/p/a'])
  })

  it('of a write that failed in an unknown way says that it may have happened', async () => {
    const thrown = new RangeError('odd')
    const store = made({ get: failing(thrown), set: failing(thrown), delete: failing(thrown) })
    expect(await rejection(store.set('k', bytes('v')))).toMatchObject({ code: 'Unknown', outcome: 'unknown' })
    expect(await rejection(store.delete('k'))).toMatchObject({ code: 'Unknown', outcome: 'unknown' })
    expect(await rejection(store.get('k'))).toMatchObject({ code: 'Unknown', outcome: 'not-applied' })
  })

  it('hides secrets in its cause where there are both', async () => {
    function deepInside() {
      return new RangeError('hush')
    }
    const thrown = deepInside()
    const get = failing(thrown)
    const cause = async (more: object) => (await rejection(made({ get, ...more }).get('k'))).cause
    expect(await cause({ secrets: () => [undefined, ''] })).toBe(thrown)
    const unexpected = (await cause({ secrets: () => ['hush'] })) as Error
    expect(unexpected.message).toBe('***')
    expect(unexpected.stack).toContain('deepInside')
    const errorOf = (cause: unknown) => new StoreError('Unavailable', 'lost', { cause })
    expect(await cause({ secrets: () => ['hush'], errorOf })).toMatchObject({
      message: '***',
      stack: 'RangeError: ***',
    })
    const bare = failing(new StoreError('Unavailable', 'lost'))
    expect(await cause({ get: bare, secrets: () => ['hush'] })).toBeUndefined()
  })

  it('begins its stack with who called, where it is thrown during the call', async () => {
    function caller(call: () => Promise<unknown>) {
      return rejection(call())
    }
    const store = memory()
    const { stack } = await caller(function whoCalls() {
      return store.getOrThrow('absent')
    })
    expect(stack?.split('\n')[1]).toContain('whoCalls')
    const error = new Error('as it was')
    const { stack: before } = error
    expect(calledFrom(error, undefined).stack).toBe(before)
  })

  it.each<[(store: Store<string, Uint8Array>) => Promise<unknown>, object]>([
    [
      store => store.get('k', { signal: null as never }),
      { code: 'InvalidArgument', detail: 'signal is an AbortSignal, not null' },
    ],
    [
      store => store.set('k', bytes('v'), { contentType: 'a/b' } as never),
      {
        code: 'Unsupported',
        detail: 'no option contentType here; there is signal, ifAbsent, ifMatch, transfer',
      },
    ],
    [
      store => pipe(store, mapKeys({ decode: key => key, encode: () => 'x' })).get('\ud800'),
      { code: 'InvalidKey', reason: 'ill-formed' },
    ],
    [
      store => pipe(store, mapValues({ decode: () => undefined, encode: nothing } as never)).get('k'),
      {
        code: 'Corrupt',
        cause: expect.objectContaining({
          message: 'the codec gave undefined, which means absent; let it give null',
        }),
      },
    ],
  ])('says what was wrong: %#', async (run, wanted) => {
    expect(await rejection(run(made({ get: () => bytes('v') })))).toMatchObject(wanted)
  })
})

describe('a store says of itself', () => {
  const codec = { decode: (key: string) => key, encode: (key: string) => key }
  const bytesCodec = { decode: (value: Uint8Array) => value, encode: (value: Uint8Array) => value }

  it.each<[object, string]>([
    [memory(), 'Store(memory)'],
    [readOnly(memory()), 'Reader(memory > readOnly)'],
    [createStore({ name: 'listed', get: () => undefined, keys: () => [] }), 'Reader(listed)'],
    [pipe(memory(), mapKeys(prefix('p/'))), 'Store(memory > mapKeys(prefix("p/")))'],
    [pipe(memory(), mapKeys(codec)), 'Store(memory > mapKeys(…))'],
    [pipe(memory(), mapValues(bytesCodec)), 'Store(memory > mapValues(…))'],
    [pipe(memory(), mapValues({ ...bytesCodec, name: 'mine' })), 'Store(memory > mapValues(mine))'],
    [
      pipe(
        memory(),
        filterKeys((key: string) => key !== 'a'),
      ),
      'Store(memory > filterKeys(…))',
    ],
    [made({ name: 'log over memory', over: memory() }), 'Store(memory > log)'],
    [made({ name: 'log over made by hand', over: {} }), 'Store(log over made by hand)'],
    [
      pipe(made({ name: 'log over memory', over: pipe(memory(), mapKeys(prefix('p/'))) }), mapKeys(codec)),
      'Store(memory > mapKeys(prefix("p/")) > log > mapKeys(…))',
    ],
  ])('what it is made of: %#', (store, shown) => {
    expect(String(store)).toBe(shown)
    expect(JSON.stringify({ store })).toBe(JSON.stringify({ store: shown }))
  })

  it('that it promises nothing of writes where it cannot be written', () => {
    const store = viewBehind(memory())
    expect(viewBehind(readOnly(store)).guarantees).toEqual({
      ...store.guarantees,
      batchAtomic: false,
      conditions: [],
    })
  })

  it('what its driver would refuse', async () => {
    const store = made({})
    expect(await accepts(store, 'k', bytes('v'))).toEqual({ accepted: true })
    refuses(viewBehind(store).source.driver, key => {
      if (key === 'k') throw new StoreError('InvalidKey', 'not this one')
    })
    expect(await accepts(store, 'other', bytes('v'))).toEqual({ accepted: true })
    expect(await accepts(store, 'k', bytes('v'))).toMatchObject({
      accepted: false,
      error: { code: 'InvalidKey', detail: 'not this one' },
    })
  })
})
