import type { MaybePromise } from '../driver.ts'
import type { AnyReader, KeyOf, ReadOptions, ValueOf } from '../store.ts'
import { atOnce } from '../view/at-once.ts'
import { read } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'

/** Reads a value of a store, at once where its driver answers at once. */
export type ReadBelow<S extends AnyReader> = (
  key: KeyOf<S>,
  options: ReadOptions,
) => MaybePromise<ValueOf<S> | undefined>

/**
 * The `get` of a store for a driver that is built on it: the same checks, codecs and errors, without a promise where
 * none is needed. Throws what it does not reject; the options are those that the driver was given.
 */
export function reading<S extends AnyReader>(store: S): ReadBelow<S> {
  const view = viewBehind(store)
  return (key, options) => atOnce(view, 'get', key, undefined, options, read<ValueOf<S>>)
}
