import { prefix } from '../keys/prefix.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, Like, Reader } from '../store.ts'
import { mapKeys } from './map-keys.ts'

/** A name that ends in a slash; of a literal one TypeScript sees it. */
export type FolderName<F extends string> = string extends F ? F : F extends `${string}/` ? F : `${F}/`

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
export function at<S extends Reader<string, unknown>, const F extends string>(
  store: S,
  folder: FolderName<F>,
): Like<S, string> {
  if (typeof folder !== 'string' || !folder.endsWith('/'))
    throw new TypeError(`at takes a folder that ends in '/', such as 'drafts/', not ${printValue(folder)}`)
  return mapKeys(prefix(folder))(store as AnyReader) as Like<S, string>
}
