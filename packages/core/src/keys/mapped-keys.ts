import { invalidKey } from '../check.ts'
import type { AnyKeyCodec, KeyCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { printKey, printValue } from '../print-key.ts'
import { longestCommonPrefix } from './common-prefix.ts'
import { contentOf } from './identity.ts'

/**
 * Keys by an explicit list of outer and inner names. Inner keys outside the list are not in the view; outer keys
 * outside it are refused with `InvalidKey`. Tuples and records are compared by their content.
 *
 * Throws `TypeError` when a name occurs twice on either side.
 *
 * @example
 * ```ts
 * const settings = pipe(files('etc'), mapKeys(mappedKeys({ hosts: 'network/hosts', motd: 'motd.txt' })))
 * await settings.get('hosts') // Store<'hosts' | 'motd', Uint8Array>
 * ```
 */
export function mappedKeys<const Outer, Inner>(
  pairs: Iterable<readonly [Outer, Inner]>,
): KeyCodec<Outer, Inner>
export function mappedKeys<Outer extends string>(
  names: Readonly<Record<Outer, string>>,
): KeyCodec<Outer, string>
export function mappedKeys(
  names: Iterable<readonly [unknown, unknown]> | Readonly<Record<string, string>>,
): AnyKeyCodec {
  if (typeof names !== 'object' || names === null)
    throw new TypeError(`mappedKeys takes { outer: inner } or pairs, not ${printValue(names)}`)
  const inners = new Map<unknown, readonly [outer: unknown, inner: unknown]>()
  const outers = new Map<unknown, unknown>()
  for (const pair of isIterable(names) ? names : Object.entries(names)) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new TypeError(`mappedKeys takes pairs [outer, inner], not ${printValue(pair)}`)
    const [outer, inner] = pair
    if (outer === '' || inner === '') throw new TypeError('mappedKeys: a key has at least one character')
    if (inners.has(contentOf(outer)))
      throw new TypeError(`mappedKeys: the outer key ${printKey(outer)} occurs twice`)
    if (outers.has(contentOf(inner)))
      throw new TypeError(`mappedKeys: the inner key ${printKey(inner)} occurs twice`)
    inners.set(contentOf(outer), [outer, inner])
    outers.set(contentOf(inner), outer)
  }
  const strings = [...inners.values()].every(([outer]) => isString(outer))
  return {
    name: `mappedKeys(${inners.size} names)`,
    ...(strings && { keys: 'string' as const }),
    decode: inner => outers.get(contentOf(inner)),
    encode: outer => {
      const pair = inners.get(contentOf(outer))
      if (pair === undefined)
        throw invalidKey('unknown-name', 'the key is none of the names given to mappedKeys')
      return pair[1]
    },
    prefix: (outer?: unknown) => {
      const wanted = [...inners.values()].filter(
        ([name]) => typeof outer !== 'string' || (isString(name) && name.startsWith(outer)),
      )
      const keys = wanted.map(([, inner]) => inner)
      return (keys.every(isString) ? longestCommonPrefix(keys) : undefined) as never
    },
  }
}

maker(mappedKeys)

function isIterable(names: object): names is Iterable<readonly [unknown, unknown]> {
  return Symbol.iterator in names
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}
