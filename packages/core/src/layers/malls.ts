import { shared } from '../operations/shared.ts'
import { printKey, printValue } from '../print-key.ts'
import type { AnyReader, KeyOf } from '../store.ts'
import { applied, assertTransforms } from '../transforms/applied.ts'
import { at } from '../transforms/at.ts'

/** What becomes of each part of a root, by the name of its folder. */
export type Mall<S extends AnyReader> = Readonly<Record<string, (part: S) => AnyReader>>

/**
 * Several stores under one root, from one declaration: each is a transform of the part of the root under its name, and
 * the names are the folders. The stores have nothing in common but the root: closing one leaves the others open, and
 * closing the root closes all.
 *
 * Throws `TypeError` for a name that is no folder (empty, or with a `/`), and for what is no transform.
 *
 * @example
 * ```ts
 * const { users, images } = malls(files('data'), {
 *   users: pipeline(mapKeys(suffix('.json')), jsonValues<User>()),
 *   images: pipeline(filterKeys(endsWith('.png'))),
 * })
 * await users.set('ann', { name: 'Ann' }) // data/users/ann.json
 * ```
 */
export function malls<S extends AnyReader, const D extends Mall<S>>(
  root: KeyOf<S> extends string ? S : never,
  declaration: D,
): { readonly [Name in keyof D]: ReturnType<D[Name]> } {
  if (Object.prototype.toString.call(declaration) !== '[object Object]')
    throw new TypeError(
      `malls takes transforms by name, such as { users: jsonValues() }, not ${printValue(declaration)}`,
    )
  const base = shared(root)
  const stores = Object.entries(declaration).map(([name, transform]) => {
    if (name === '' || name.includes('/') || !name.isWellFormed())
      throw new TypeError(`malls: a name is that of a folder, without a '/', not ${printKey(name)}`)
    const part = at(base as never, `${name}/`)
    assertTransforms(of(name), [transform as never])
    return [name, applied(of(name), part, [transform as never])]
  })
  return Object.fromEntries(stores)
}

function of(name: string): string {
  return `malls, ${printKey(name)}`
}
