import { checkText, invalidKey } from '../check.ts'
import type { KeyCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { describe } from '../options/option.ts'
import { printValue, typeName } from '../print-key.ts'

/**
 * Keys as paths: `['a', 'b', 'c']` for `a/b/c`. Every key has exactly one path; empty segments count, so `a//b` is
 * `['a', '', 'b']` and `/a` is `['', 'a']`.
 *
 * `encode` refuses with `InvalidKey` a path that another path would also be written as: with a segment that holds
 * the separator, or without any text. Throws `TypeError` for an empty separator.
 *
 * @example
 * ```ts
 * const tree = pipe(files('data'), mapKeys(segments()))
 * for await (const path of tree.keys({ prefix: ['users'] })) console.log(path.at(-1))
 * ```
 */
export function segments(separator = '/'): KeyCodec<readonly [string, ...string[]], string> {
  if (typeof separator !== 'string' || separator === '' || !separator.isWellFormed())
    throw new TypeError(`segments takes a separator of at least one character, not ${describe(separator)}`)
  return {
    name: separator === '/' ? 'segments()' : `segments(${JSON.stringify(separator)})`,
    decode: key => (key === '' ? undefined : (key.split(separator) as [string, ...string[]])),
    encode: path => {
      checkPath(path)
      const key = path.join(separator)
      checkText(key)
      // Also finds what looking into single segments does not: `a:` before the separator `::`.
      const back = key.split(separator)
      if (back.some((segment, index) => segment !== path[index]))
        throw invalidKey('separator', `a segment holds the separator ${JSON.stringify(separator)}`)
      return key
    },
    prefix: path => path?.join(separator),
  }
}

maker(segments)

function checkPath(path: unknown): asserts path is string[] {
  if (!Array.isArray(path))
    throw invalidKey('not-a-path', `a key is an array of strings, not ${typeName(path)}`)
  const index = path.findIndex(segment => typeof segment !== 'string')
  if (index >= 0)
    throw invalidKey('not-a-path', `segment ${index} of the key is ${printValue(path[index])}, not a string`)
}
