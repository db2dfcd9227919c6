import { maker } from '../makers.ts'
import { printValue } from '../print-key.ts'
import type { AffixCodec } from './affixed.ts'
import { assertKeyList } from './key-list.ts'
import { prefix } from './prefix.ts'

/**
 * The {@link prefix} codec for the longest text that all the given keys begin with, leaving at least one character
 * of each. Reads `keys` once, when it is called.
 *
 * @example
 * ```ts
 * const short = pipe(store, mapKeys(commonPrefix(['a/b/1', 'a/b/2'])))
 * await short.get('1') // the value of a/b/1
 * ```
 */
export function commonPrefix(keys: Iterable<string>): AffixCodec {
  assertKeyList('commonPrefix', keys)
  const texts = [...keys]
  for (const key of texts)
    if (typeof key !== 'string')
      throw new TypeError(`commonPrefix takes keys that are strings, not ${printValue(key)}`)
  return prefix(longestCommonPrefix(texts.map(withoutLastCharacter)))
}

maker(commonPrefix)

/** The longest well-formed string that all of `texts`, which are well-formed, begin with. */
export function longestCommonPrefix(texts: Iterable<string>): string {
  let common: string | undefined
  for (const text of texts) common = common === undefined ? text : shared(common, text)
  return common ?? ''
}

function shared(a: string, b: string): string {
  let length = 0
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) length++
  const common = a.slice(0, length)
  return common.isWellFormed() ? common : common.slice(0, -1)
}

function withoutLastCharacter(key: string): string {
  return key.slice(0, key.length - ((key.codePointAt(key.length - 2) ?? 0) > 0xffff ? 2 : 1))
}
