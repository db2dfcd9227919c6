import type { AnyReader, AnyStore } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { identity } from '../../view/fold.ts'
import { viewBehind } from '../../view/over.ts'
import { View } from '../../view/view.ts'

/**
 * A layer over what a store really stores, with the transforms of the store on top of it again: the layer meets bytes
 * and inner keys, and every caller decodes a value of their own. Closing it closes the store.
 */
export function beneath(store: AnyReader, make: (stored: AnyStore) => AnyReader): AnyView {
  const { source, steps, lifetime } = viewBehind(store)
  const stored = new View<unknown, unknown>(source, [], identity(source.driver), lifetime)
  return steps.reduce((view, step) => view.with(step), viewBehind(make(stored)))
}
