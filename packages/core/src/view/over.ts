import type { AnyReader, AnyStore } from '../store.ts'
import { asDriver } from './as-driver.ts'
import { type AnyView, View, viewOf } from './view.ts'

/** The view behind any store; a store made by other means gets one. */
export function viewBehind(store: AnyReader): AnyView {
  const view = (store as Partial<Record<typeof viewOf, AnyView>>)[viewOf]
  return view ?? (View.of(asDriver(store as AnyStore)) as AnyView)
}
