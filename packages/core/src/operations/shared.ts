import type { MaybePromise } from '../driver.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader } from '../store.ts'
import { viewBehind } from '../view/over.ts'

/**
 * The same store for one of several users: closing it, or a view made of it, ends that user's own loops and streams and
 * leaves the store open for the others. Close the store itself when all are done.
 *
 * @example
 * ```ts
 * const everything = files('data')
 * const users = pipe(shared(everything), mapKeys(prefix('users/')), jsonValues<User>())
 * await users.close() // everything stays open
 * ```
 */
export function shared<S extends AnyReader>(store: S): S {
  return viewBehind(store).living({ shared: true, releases: [] }) as unknown as S
}

/**
 * The same store with something more to release: closing it, or a view made of it, also calls `release`, after the store
 * is closed.
 *
 * @example
 * ```ts
 * const client = new MongoClient(url)
 * const notes = owning(blobs(client.db().collection('notes')), () => client.close())
 * ```
 */
export function owning<S extends AnyReader>(store: S, release: () => MaybePromise<void>): S {
  if (typeof release !== 'function')
    throw new TypeError(`owning takes a function that releases, not ${printValue(release)}`)
  const view = viewBehind(store)
  let released: Promise<void> | undefined
  const once = () => {
    released ??= Promise.resolve().then(release)
    return released
  }
  return view.living({ releases: [...view.lifetime.releases, once] }) as unknown as S
}
