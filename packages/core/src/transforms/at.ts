import { prefix } from '../keys/prefix.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, KeyOf, Like } from '../store.ts'
import { mapKeys } from './map-keys.ts'

/**
 * The part of a store under `folder`, with keys relative to it: a store of its own, which sees and changes nothing else.
 *
 * Throws `TypeError` unless `folder` ends in `/`, so that `a` never takes in `ab`; for any other leading string use
 * `mapKeys(prefix(…))`.
 *
 * @example
 * ```ts
 * const drafts = at(notes, 'drafts/')
 * await drafts.get('today.txt') // drafts/today.txt of notes
 * ```
 */
export function at<S extends AnyReader>(
  store: KeyOf<S> extends string ? S : never,
  folder: string,
): Like<S, string> {
  if (typeof folder !== 'string' || !folder.endsWith('/'))
    throw new TypeError(`at takes a folder that ends in '/', such as 'drafts/', not ${printValue(folder)}`)
  return mapKeys<S, string>(prefix(folder) as never)(store as S)
}
