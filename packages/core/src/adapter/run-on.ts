import type { Driver, MaybePromise } from '../driver.ts'
import type { AnyReader, ReadOptions } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { assertWritable as assertViewWritable, visible } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'

/** A function of an adapter over a store. */
export interface AdapterCall {
  /** Its name, for messages. */
  readonly op: string
  /** It changes what is stored, so a store that can only be read refuses it. */
  readonly writes: boolean
  /** The key as the caller gave it, where the function is about one. */
  readonly key?: unknown
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a function of an adapter (`presign(store, key)`) as the store runs its own methods: `work` gets the driver at the
 * bottom, the driver's key and the signal. Rejects `Closed`, `Aborted`, `InvalidKey`, `ReadOnly` before it; whatever it
 * throws becomes a `StoreError` by the driver's `errorOf`, with the outer key and without secrets; closing the store
 * waits for it.
 */
export function runOn<T>(
  store: AnyReader,
  call: AdapterCall,
  work: (driver: Driver<unknown, unknown>, key: unknown, options: ReadOptions) => MaybePromise<T>,
): Promise<T> {
  const { op, writes, key, signal } = call
  return viewBehind(store).run(op, key, undefined, signal && { signal }, async (view, _, __, options) => {
    const inner = key === undefined ? undefined : visible(view, key)
    if (writes) assertViewWritable(view)
    const { driver } = view.source
    if (driver.over !== undefined) return await runOn(driver.over, { ...call, key: inner }, work)
    return await told(view, call, () => work(driver, inner, options))
  })
}

async function told<T>(view: AnyView, { op, writes }: AdapterCall, work: () => MaybePromise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw view.source.told(op, error, writes)
  }
}

/** Refuses with `Closed` a store that is closed, and with `Aborted` when the signal has fired. */
export function assertOpen(store: AnyReader, signal?: AbortSignal): void {
  viewBehind(store).assertOpen(signal)
}

/** Refuses with `ReadOnly` a store that can only be read, whatever the driver under it could do. */
export function assertWritable(store: AnyReader): void {
  assertViewWritable(viewBehind(store))
}
