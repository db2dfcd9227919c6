import { createStore, type Store, StoreError, type WritableDriver } from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'

/** A store, as a test spoils it. */
export interface Spoiled {
  readonly store: Store<string, Uint8Array>
  /** What is below, which nothing spoils. */
  readonly inner: Store<string, Uint8Array>
  /** Milliseconds that each request takes longer. */
  latency: number
  /** Whether writes are refused. */
  full: boolean
  /** How many requests were made. */
  requests: number
}

const WRITES = ['set', 'writeStream', 'delete']

/** A store whose requests can be slow, or refused. */
export function spoiled(inner: Store<string, Uint8Array>): Spoiled {
  const driver = driverOf(inner) as unknown as WritableDriver<string, Uint8Array>
  const methods = Object.entries(driver)
    .filter(
      ([name, method]) => typeof method === 'function' && name !== 'errorOf' && !/keys|pages/i.test(name),
    )
    .map(([name, method]) => [name, behind(name, method as (...values: unknown[]) => unknown)] as const)
  const state = { latency: 0, full: false, requests: 0 }
  const store = createStore<string, Uint8Array>({ ...driver, ...Object.fromEntries(methods) })
  return Object.assign(state, { inner, store })

  function behind(name: string, method: (...values: unknown[]) => unknown) {
    return async (...values: unknown[]) => {
      state.requests++
      if (state.latency > 0) await new Promise(resolve => setTimeout(resolve, state.latency))
      if (state.full && WRITES.includes(name)) throw new StoreError('OutOfSpace', 'the store is full')
      return await method(...values)
    }
  }
}
