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
 *
 * Bytes that no codec has decoded come as the store's driver gives them, maybe as a `Buffer` over a larger memory: a
 * driver hands them on to `createStore`, which gives plain arrays of their own.
 */
export function reading<S extends AnyReader>(store: S): ReadBelow<S> {
  const view = viewBehind(store)
  const { driver } = view.source
  const given = (key: unknown, options: ReadOptions) => driver.get(key, options)
  const asGiven: typeof read<ValueOf<S>> = ({ mapping }, key, _, options) => mapping.read(key, given, options)
  const work = view.mapping.plain ? asGiven : read<ValueOf<S>>
  return (key, options) => atOnce(view, 'get', key, undefined, options, work)
}
