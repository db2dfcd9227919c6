import { printValue } from '../print-key.ts'
import type { AnyReader, KeyOf, Like, Reader } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import type { AnyKeyIf, Known, KnownStore } from './fitting.ts'

/**
 * Keeps the keys that `keep` accepts, on every path: hidden keys read as absent and are not listed, and writing or
 * deleting one rejects `ReadOnly`.
 *
 * @example
 * ```ts
 * const notes = pipe(files('notes'), filterKeys(key => key.endsWith('.txt')))
 * ```
 */
export function filterKeys<S extends AnyReader, K extends KeyOf<S>>(
  keep: ((key: KeyOf<S>) => key is K) & KnownStore<NoInfer<S>>,
): (store: S) => Like<S, K>
export function filterKeys<S extends AnyReader>(
  keep: ((key: KeyOf<S>) => boolean) & KnownStore<NoInfer<S>>,
): (store: S) => Like<S>
export function filterKeys<I, K extends I>(
  keep: ((key: I) => key is K) & Known<NoInfer<I>>,
): <S extends Reader<AnyKeyIf<I>, unknown>>(store: S) => Like<S, K & KeyOf<S>>
export function filterKeys<I>(
  keep: ((key: I) => boolean) & Known<NoInfer<I>>,
): <S extends Reader<AnyKeyIf<I>, unknown>>(store: S) => Like<S>
export function filterKeys(keep: (key: never) => boolean): (store: AnyReader) => AnyReader {
  if (typeof keep !== 'function')
    throw new TypeError(
      `filterKeys takes a function from key to boolean, not ${printValue(keep)}${(keep as unknown) instanceof RegExp ? `; see matching(${String(keep)})` : ''}`,
    )
  return store =>
    viewBehind(store).with({
      kind: 'filterKeys',
      keep: keep as (key: unknown) => boolean,
    }) as unknown as AnyReader
}
