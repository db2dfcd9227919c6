import { printValue } from '../print-key.ts'
import type { AnyReader, AnyStore } from '../store.ts'
import { type AnyView, viewOf } from './any-view.ts'
import { asDriver } from './as-driver.ts'
import { View } from './view.ts'

/** The view behind any store; a store made by other means gets one. */
export function viewBehind(store: AnyReader): AnyView {
  const view = (store as Partial<Record<typeof viewOf, AnyView>> | null | undefined)?.[viewOf]
  if (view !== undefined) return view
  assertStore(store)
  return View.of(asDriver(store as AnyStore)) as AnyView
}

/** Refuses what is no store, with what would be one. */
function assertStore(store: unknown): void {
  const { get, keys } = Object(store) as Record<string, unknown>
  if (typeof get === 'function' && typeof keys === 'function' && !(store instanceof Map)) return
  throw new TypeError(
    `${printValue(store)} is no store: a Map becomes one by fromMap(map), a promise by await, a function by calling it`,
  )
}
