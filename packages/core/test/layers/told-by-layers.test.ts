import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { createStore, fromMap, memory, pipe, type Store, StoreError } from '../../src/index.ts'
import {
  accepts,
  fanout,
  flatten,
  mount,
  nonColliding,
  onMissing,
  overlay,
  setUnique,
  skipErrors,
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
