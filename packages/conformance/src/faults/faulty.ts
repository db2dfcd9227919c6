import {
  type AnyStore,
  type Driver,
  guarantees,
  type Stat,
  type Store,
  StoreError,
  type WritableDriver,
} from '@kvdol/core'
import { CALLS, type Fault, type Faults, LISTINGS } from './faults.ts'

type Method = (...given: unknown[]) => unknown

/**
 * A driver on which things go wrong as `faults` says: for the tests of layers, and of what an adapter makes of a
 * backend that fails.
 *
 * @example
 * ```ts
 * const faults = scriptedFaults([{ on: 'set', effect: 'error-after' }])
 * const store = createStore(faulty(driver, faults))
 * await store.set('a', bytes) // rejects Unavailable, with outcome 'unknown', and a is set
 * ```
 */
export function faulty<K, V>(driver: WritableDriver<K, V>, faults: Faults): WritableDriver<K, V>
export function faulty<K, V>(driver: Driver<K, V>, faults: Faults): Driver<K, V>
export function faulty<K, V>(driver: Driver<K, V>, faults: Faults): Driver<K, V> {
  const wrapped: Record<string, unknown> = { ...driver }
  for (const op of CALLS) {
    const method = driver[op] as Method | undefined
    if (method !== undefined)
      wrapped[op] = (...given: unknown[]) =>
        call(faults.meet(op, given[0]), () => method.apply(driver, given))
  }
  for (const op of LISTINGS) {
    const method = driver[op] as Method | undefined
    if (method !== undefined)
      wrapped[op] = listing(faults, op, (...given) => method.apply(driver, given) as Listed)
  }
  return wrapped as unknown as Driver<K, V>
}

/** A store as a driver, to be wrapped in {@link faulty}: its own methods, nothing faster. */
export function driverFrom<K, V>(store: Store<K, V>): WritableDriver<K, V> {
  return {
    name: 'store',
    guarantees: { ...guarantees(store), batchAtomic: false },
    keyType: 'any',
    valueType: 'any',
    over: store as AnyStore,
    get: (key, options) => store.get(key, options),
    has: (key, options) => store.has(key, options),
    stat: (key, options) => store.stat(key, options),
    size: options => store.size(options),
    keys: options => store.keys(options as object),
    set: (key, value, options) => store.set(key, value, options),
    delete: (key, options) => store.delete(key, options),
    close: () => store.close(),
  }
}

async function call(fault: Fault | undefined, run: () => unknown): Promise<unknown> {
  switch (fault?.effect) {
    case 'error':
      throw errorOf(fault, 'not-applied')
    case 'error-after':
      await run()
      throw errorOf(fault, 'unknown')
    case 'hang':
      return await new Promise(() => {})
    case 'delay':
      await pause(fault)
      return await run()
    case 'short':
      return cut(await run())
    case 'etag': {
      const stat = (await run()) as Stat | undefined
      return stat && { ...stat, etag: `${stat.etag}-wrong` }
    }
    default:
      return await run()
  }
}

type Listed = Iterable<unknown> | AsyncIterable<unknown>

function listing(
  faults: Faults,
  op: (typeof LISTINGS)[number],
  list: (...given: unknown[]) => Listed,
): Method {
  let last: unknown[] = []
  return async function* (...given) {
    const fault = faults.meet(op, undefined)
    if (fault?.effect === 'stale') return yield* last
    if (fault?.effect === 'hang') await new Promise(() => {})
    if (fault?.effect === 'delay') await pause(fault)
    const seen: unknown[] = []
    for await (const item of list(...given)) {
      seen.push(item)
      yield item
      if (fault?.effect === 'duplicate') yield item
      // After the first item, when it could be taken for the end.
      if (fault?.effect === 'error') throw errorOf(fault, 'not-applied')
    }
    if (fault?.effect === 'error') throw errorOf(fault, 'not-applied')
    last = seen
  }
}

function errorOf({ error }: Fault, outcome: 'not-applied' | 'unknown'): unknown {
  return error ?? new StoreError('Unavailable', 'the backend fails on purpose', { outcome })
}

function pause({ milliseconds = 5 }: Fault): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

function cut(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.slice(0, value.byteLength >> 1)
  return value === undefined ? undefined : firstOnly(value as AsyncIterable<Uint8Array>)
}

async function* firstOnly(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) return yield chunk.slice(0, chunk.byteLength >> 1)
}
