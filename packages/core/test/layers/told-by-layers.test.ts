import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { createStore, fromMap, memory, pipe, type Store, StoreError } from '../../src/index.ts'
import {
  accepts,
  appendable,
  buffered,
  cached,
  cachedKeys,
  contentAddressed,
  counter,
  expiring,
  fanout,
  fields,
  filterEntries,
  flatten,
  flush,
  invalidAsAbsent,
  limit,
  memoize,
  mount,
  nested,
  noDelete,
  nonColliding,
  observed,
  onMissing,
  onOverwrite,
  openTelemetry,
  overlay,
  respond,
  retry,
  setUnique,
  skipErrors,
  sourced,
  sweep,
  tiered,
  timeout,
  timestamp,
  ulid,
  walk,
} from '../../src/layers.ts'
import { promising } from './support/promising.ts'
import { signalled } from './support/signalled.ts'

type Bytes = Store<string, Uint8Array>

/** A store whose every method fails. */
function broken(): Bytes {
  const fail = () =>
    Promise.reject(new StoreError('Unavailable', 'the backend is gone', { outcome: 'not-applied' }))
  return createStore({
    name: 'broken',
    guarantees: { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] },
    get: fail,
    has: fail,
    stat: fail,
    keys: () => {
      throw new StoreError('Unavailable', 'the backend is gone')
    },
    set: fail,
    delete: fail,
  })
}

describe.each(
  Object.entries({
    mount: () => mount({ 'a/': broken(), 'b/': memory() }),
    overlay: () => overlay([memory(), broken()]),
    fanout: () => fanout({ a: broken(), b: broken() }) as unknown as Bytes,
    flatten: () => flatten(fromMap(new Map([['a', broken()]]))) as unknown as Bytes,
  }),
)('a failure below %s', (name, open) => {
  it('is told as one of the whole: its call, its key, its store', async () => {
    const store = open()
    const key = (name === 'flatten' ? ['a', 'x'] : 'a/x') as string
    const value = (name === 'fanout' ? { a: bytes('1'), b: bytes('1') } : bytes('1')) as Uint8Array
    const calls: Record<string, () => Promise<unknown>> = {
      get: () => store.get(key),
      has: () => store.has(key),
      ...(name !== 'fanout' && { stat: () => store.stat(key) }),
      ...(name !== 'overlay' && { set: () => store.set(key, value) }),
      delete: () => store.delete(key),
    }
    for (const [op, call] of Object.entries(calls))
      expect(await rejection(call)).toMatchObject({ op, key, store: name, code: 'Unavailable' })
    expect(await rejection(collect(store.keys()))).toMatchObject({
      op: 'keys',
      store: name,
      code: 'Unavailable',
    })
  })
})

describe('an option that does not exist', () => {
  const odd = { nonsense: 1 } as never
  it.each<[string, () => unknown]>([
    ['buffered', () => buffered(memory(), odd)],
    ['cached', () => cached(memory(), odd)],
    ['cachedKeys', () => cachedKeys(odd)],
    ['contentAddressed', () => contentAddressed(memory(), odd)],
    ['counter', () => counter(odd)],
    ['expiring', () => expiring(odd)],
    ['fields', () => fields(odd)],
    ['filterEntries', () => filterEntries(() => true, odd)],
    ['flatten', () => flatten(fromMap(new Map<string, Bytes>()), odd)],
    ['invalidAsAbsent', () => invalidAsAbsent(odd)],
    ['limit', () => limit(odd)],
    ['memoize', () => memoize(() => 1, odd)],
    ['nested', () => nested(memory() as never, odd)],
    ['observed', () => observed({}, odd)],
    ['onOverwrite', () => onOverwrite(odd)],
    ['openTelemetry', () => openTelemetry(odd)],
    ['retry', () => retry(odd)],
    ['skipErrors', () => skipErrors(odd)],
    ['sourced', () => sourced(memory(), () => undefined, odd)],
    ['tiered', () => tiered([memory()], odd)],
    ['timeout', () => timeout(odd)],
    ['timestamp', () => timestamp(odd)],
    ['ulid', () => ulid(odd)],
  ])('is refused by %s, which names itself', (name, make) => {
    expect(make).toThrow(new RegExp(`^${name} has no option "nonsense"; `))
  })

  it.each<[string, () => Promise<unknown>]>([
    ['accepts', () => accepts(memory(), 'a', undefined, odd)],
    ['flush', () => flush(memory(), odd)],
    ['nonColliding', () => nonColliding(memory(), 'a', odd)],
    ['respond', () => respond(memory(), 'a', { method: 'GET', headers: new Headers() }, odd)],
    ['setUnique', () => setUnique(memory(), 'a', bytes('1'), odd)],
    ['sweep', () => sweep(memory(), odd)],
  ])('is refused by a call of %s', async (op, call) => {
    expect(await rejection(call)).toMatchObject({
      code: 'InvalidArgument',
      op,
      detail: expect.stringContaining('there is no option "nonsense"; '),
    })
  })

  it('is refused by a walk', async () => {
    await expect(collect(walk(memory(), odd))).rejects.toThrow(/^walk has no option "nonsense"; /)
  })
})

describe.each<[string, (store: Bytes) => object, key?: unknown, value?: unknown]>([
  ['appendable', store => appendable(store, ulid())],
  ['cachedKeys', cachedKeys()],
  ['contentAddressed', contentAddressed],
  ['fanout', store => fanout({ a: store, b: memory() }), 'a', { a: bytes('1') }],
  ['fanout, of what is taken away', store => fanout({ a: store, b: memory() }), 'a', { b: bytes('1') }],
  ['filterEntries', filterEntries<Bytes>(() => true)],
  ['flatten', store => flatten(fromMap(new Map([['a', store]]))), ['a', 'x']],
  ['mount', store => mount({ 'a/': store }), 'a/x'],
  ['nested', store => nested(store as never)],
  ['noDelete', noDelete()],
  ['onOverwrite', onOverwrite({ policy: () => true })],
  ['overlay, its base', store => overlay([memory(), store])],
  ['overlay, its top', store => overlay([store, memory()])],
  ['skipErrors', skipErrors()],
  ['a cache', store => cached(store)],
])('what the driver below %s throws', (_, make, key = 'a', value = bytes('1')) => {
  it('is mapped by the driver, which is told the call, and says whether something was written', async () => {
    const calls: string[] = []
    const fail = () => {
      throw new Error('no power')
    }
    const driver = {
      name: 'unmapped',
      guarantees: { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] as const },
      errorOf: (_error: unknown, { op }: { op: string }) => void calls.push(op),
      keys: () => [],
    }
    const below = createStore({ ...driver, get: fail, has: fail, stat: fail, set: fail, delete: fail })
    const store = make(below) as Store<unknown, unknown>
    for (const op of ['get', 'has', 'stat'] as const) {
      const error = await store[op](key).then(
        () => undefined,
        thrown => thrown,
      )
      if (error !== undefined) expect(error).toMatchObject({ op, key, outcome: 'not-applied' })
    }
    for (const call of [() => store.set(key, value), () => store.delete(key)]) await call().catch(() => {})
    expect(calls.length).toBeGreaterThan(0)
    for (const op of calls) expect(op).toMatch(/^(get|has|stat|set|delete|getWithStat)$/)
  })
})

/** Every layer over one store, which takes the write options of that store. */
const LAYERS: [string, (store: Bytes) => object][] = [
  ['buffered', buffered],
  ['cached', cached],
  ['cachedKeys', cachedKeys()],
  ['contentAddressed', contentAddressed],
  ['expiring by time of writing', expiring({ ttl: 5, by: 'modified' })],
  ['filterEntries', filterEntries<Bytes>(() => true)],
  ['invalidAsAbsent', invalidAsAbsent()],
  ['limit', limit({ concurrency: 1 })],
  ['mount', store => mount({ 'a/': store, 'b/': store })],
  ['noDelete', noDelete()],
  ['observed', observed({})],
  ['onMissing', onMissing<Bytes>(() => undefined)],
  ['onOverwrite', onOverwrite()],
  ['overlay', store => overlay([store, memory()])],
  ['retry', retry()],
  ['skipErrors', skipErrors()],
  ['sourced', store => sourced(store, () => undefined)],
  ['tiered', store => tiered([memory(), store], { listFrom: 0 })],
  ['timeout', timeout(5)],
]

describe('a layer', () => {
  const transparent = ['contentAddressed', 'invalidAsAbsent', 'mount', 'observed', 'overlay']
  it.each(LAYERS.filter(([name]) => !transparent.includes(name)))(
    '%s names itself before the store in errors',
    async (name, make) => {
      const error = await rejection((make(memory()) as Bytes).get(''))
      expect(error.store).toMatch(new RegExp(`^${name.split(' ')[0]} over .*memory$`))
    },
  )

  it.each(LAYERS)('%s takes no other write options than the store', async (name, make) => {
    const plain = createStore<string, Uint8Array>({
      name: 'plain',
      guarantees: { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] },
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
    })
    const odd = { nonsense: 1 } as never
    const key = name === 'mount' ? 'a/b' : 'a'
    const { detail } = await rejection(plain.set('a', bytes('1'), odd))
    const made = make(plain) as Bytes
    expect(await rejection(made.set(key, bytes('1'), odd))).toMatchObject({ detail, op: 'set' })
  })
})

describe('what is made where nothing is', () => {
  it('comes from a function, which is told the key and the signal and is to blame for its failures', async () => {
    for (const odd of [undefined, 5])
      expect(() => onMissing(odd as never)).toThrow('onMissing takes a function from key to value')
    const { store: below, without } = signalled()
    const store = pipe(
      below,
      onMissing<Bytes>((key, { signal }) => (signal === undefined ? undefined : bytes(`made ${key}`))),
    )
    const { signal } = new AbortController()
    expect(await store.get('a', { signal })).toEqual(bytes('made a'))
    expect([await store.has('a', { signal }), await store.stat('a', { signal })]).toEqual([false, undefined])
    expect(await collect(store.entries({ signal }))).toEqual([])
    expect(without).toEqual([])
    expect(await store.get('a')).toBeUndefined()
    expect(await rejection(store.set('a', bytes('1'), { ifAbsent: true }))).toMatchObject({
      code: 'Unsupported',
    })
    await store.set('a', bytes('1'))
    expect(await store.get('a', { signal })).toEqual(bytes('1'))
    const failing = pipe(
      memory(),
      onMissing<Bytes>(() => Promise.reject(new Error('no template'))),
    )
    const error = await rejection(failing.get('a'))
    expect(error).toMatchObject({ code: 'InvalidArgument', key: 'a' })
    expect(error.message).toContain('the function of onMissing failed: no template')
  })

  it('names that are free are found under the signal, and tell what is missing', async () => {
    const { store, without } = signalled()
    const { signal } = new AbortController()
    await store.set('a.txt', bytes('1'), { signal })
    expect(await setUnique(store, 'a.txt', bytes('2'), { signal })).toBe('a (1).txt')
    expect(without).toEqual([])
    expect(await rejection(setUnique(promising({ conditions: [] }), 'a', bytes('1')))).toMatchObject({
      code: 'Unsupported',
    })
    expect(nonColliding).toBeTypeOf('function')
  })
})

describe('what accepts tells', () => {
  it('of a call that is given up or a store that is closed or gone is no answer', async () => {
    const store = memory()
    expect(await rejection(accepts(store, 'a', bytes('1'), { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'Aborted',
    })
    expect(await accepts(store, 'a', bytes('1'), { signal: new AbortController().signal })).toEqual({
      accepted: true,
    })
    expect(await accepts(store, '')).toMatchObject({
      accepted: false,
      error: { code: 'InvalidKey', op: 'accepts' },
    })
    await store.close()
    expect(await rejection(accepts(store, 'a'))).toMatchObject({ code: 'Closed' })
  })

  it('entries that cannot be read are skipped, told once, and asked for with the signal', async () => {
    const told: unknown[] = []
    const map = new Map<string, Uint8Array>([
      ['bad', bytes('1')],
      ['good', bytes('2')],
    ])
    const flaky = createStore({
      name: 'flaky',
      get: (key: string) => {
        if (key === 'bad') throw new StoreError('Corrupt', 'a bad block')
        return map.get(key)
      },
      keys: () => [...map.keys()],
    })
    const store = pipe(flaky, skipErrors({ onError: (error, key) => told.push([error.code, key]) }))
    expect((await collect(store.entries())).map(([key]) => key)).toEqual(['good'])
    expect(told).toEqual([['Corrupt', 'bad']])
    expect(await rejection(store.get('bad'))).toMatchObject({ code: 'Corrupt' })
  })
})
