import type { AnyReader } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { viewBehind } from '../../view/over.ts'

const parts = new WeakMap<object, readonly AnyView[]>()

/** Notes of which stores a store is made, so that {@link standsOn} sees through it; gives the store. */
export function madeOf<S extends AnyReader>(store: S, views: readonly AnyView[]): S {
  parts.set(viewBehind(store).source, views)
  return store
}

/** Whether a store is, or is made of, a view of what `base` is a view of. */
export function standsOn(view: AnyView, base: AnyView): boolean {
  const { source } = view
  if (source === base.source) return true
  const { over } = source.driver
  const below = over === undefined ? (parts.get(source) ?? []) : [viewBehind(over)]
  return below.some(each => standsOn(each, base))
}
