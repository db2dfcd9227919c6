import type { AnyReader, KeyOf, ValueOf } from '../store.ts'
import { checkedCount } from './call-options.ts'

/** The first entry in listing order, or `undefined` for an empty store; with `count`, the first so many entries. */
export function first<S extends AnyReader>(store: S): Promise<[KeyOf<S>, ValueOf<S>] | undefined>
export function first<S extends AnyReader>(store: S, count: number): Promise<[KeyOf<S>, ValueOf<S>][]>
export async function first(store: AnyReader, count?: number): Promise<unknown> {
  const found: [unknown, unknown][] = []
  const most = checkedCount(store, 'first', 'count', count) ?? 1
  // No `limit`: a key that vanishes before it is read does not count.
  for await (const entry of most > 0 ? store.entries({ concurrency: Math.min(most, 16) }) : []) {
    found.push(entry)
    if (found.length >= most) break
  }
  return count === undefined ? found[0] : found
}
