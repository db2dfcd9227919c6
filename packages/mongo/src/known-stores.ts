import { type AnyReader, StoreError } from '@kvdol/core'
import { type AdapterCall, runOn } from '@kvdol/core/adapter'

/** What functions of this package know of the stores that one function made. */
export interface KnownStores<Context> {
  /** The driver, known from now on. */
  add<D extends object>(driver: D, context: Context): D
  /** What is known of a driver; `undefined` for one of another kind. */
  find(driver: object): Context | undefined
  /** What is known of a driver. Throws `Unsupported` for one of another kind. */
  get(driver: object, op: string): Context
  /** Does the work of a function on a store. Rejects `Unsupported` for a store of another kind. */
  run<T>(store: AnyReader, call: AdapterCall, work: (context: Context) => T | Promise<T>): Promise<T>
}

/** Remembers the stores that `maker` makes. */
export function knownStores<Context>(maker: string): KnownStores<Context> {
  const known = new WeakMap<object, Context>()
  return {
    add(driver, context) {
      known.set(driver, context)
      return driver
    },
    find: driver => known.get(driver),
    get,
    run: (store, call, work) => runOn(store, call, driver => work(get(driver, call.op))),
  }

  function get(driver: object, op: string): Context {
    const context = known.get(driver)
    if (context !== undefined) return context
    throw new StoreError('Unsupported', `${op} needs a store made by ${maker}() of @kvdol/mongo`)
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
