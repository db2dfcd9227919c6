import type { AnyReader } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { viewBehind } from '../../view/over.ts'

const parts = new WeakMap<object, readonly AnyView[]>()
const heights = new WeakMap<object, number>()

/** Notes of which stores a store is made, so that {@link standsOn} sees through it; gives the store. */
export function madeOf<S extends AnyReader>(store: S, views: readonly AnyView[]): S {
  parts.set(viewBehind(store).source, views)
  return store
}

/** Notes how many overlays stand below this one. */
export function putHeight(overlay: AnyReader, height: number): void {
  heights.set(viewBehind(overlay).source, height)
}

/** How many overlays stand on each other below this store, itself included. */
export function heightOf(view: AnyView): number {
  const height = heights.get(view.source)
  return height === undefined ? Math.max(0, ...below(view).map(heightOf)) : height + 1
}

/** Whether a store is, or is made of, a view of what `base` is a view of. */
export function standsOn(view: AnyView, base: AnyView): boolean {
  return view.source === base.source || below(view).some(each => standsOn(each, base))
}

function below({ source }: AnyView): readonly AnyView[] {
  const { over } = source.driver
  return over === undefined ? (parts.get(source) ?? []) : [viewBehind(over)]
}
