import { StoreError } from '../error.ts'
import type { AnyReader } from '../store.ts'
import { type AdapterCall, runOn } from './run-on.ts'

/** What the functions of an adapter know of the stores that one of them made. */
export interface KnownStores<Context> {
  /** The driver, or a store itself, known from now on. */
  add<D extends object>(driver: D, context: Context): D
  /** What is known of one; `undefined` for one of another kind. */
  find(driver: object): Context | undefined
  /** What is known of a driver. Throws `Unsupported` for one of another kind. */
  get(driver: object, op: string): Context
  /** Does the work of a function on a store, which gets the driver's key. Rejects `Unsupported` for a store of another kind. */
  run<T>(
    store: AnyReader,
    call: AdapterCall,
    work: (context: Context, key: unknown) => T | Promise<T>,
  ): Promise<T>
}

/** Remembers the stores that `maker` makes, such as `'blobs() of @kvdol/mongo'`. */
export function knownStores<Context>(maker: string): KnownStores<Context> {
  const known = new WeakMap<object, Context>()
  return {
    add(driver, context) {
      known.set(driver, context)
      return driver
    },
    find: driver => known.get(driver),
    get,
    run: (store, call, work) => runOn(store, call, (driver, key) => work(get(driver, call.op), key)),
  }

  function get(driver: object, op: string): Context {
    const context = known.get(driver)
    if (context !== undefined) return context
    throw new StoreError('Unsupported', `${op} takes a store that ${maker} has made, also through transforms`)
  }
}

/** The items of a listing that a function on a store has opened; each step fails as a call of the store does. */
export async function* eachOn<T>(
  store: AnyReader,
  call: AdapterCall,
  source: AsyncIterator<T, unknown>,
): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const step = await runOn(store, call, () => source.next())
      if (step.done) return
      yield step.value
    }
  } finally {
    await source.return?.()
  }
}
