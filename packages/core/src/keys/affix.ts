import { maker } from '../makers.ts'
import { printValue } from '../print-key.ts'
import { type AffixCodec, affixed } from './affixed.ts'

/**
 * Keys without what all inner keys begin and end with: `k` for `p/k.s`. Inner keys without both ends, or with
 * nothing between them, are not in the view. Throws `TypeError` for ends that are not well-formed strings.
 *
 * @example
 * ```ts
 * const notes = pipe(files('data'), mapKeys(affix('notes/', '.txt')))
 * await notes.get('monday') // the bytes of notes/monday.txt
 * ```
 */
export function affix(before: string, after: string): AffixCodec {
  return affixCodec('affix', before, after, [before, after])
}

/** `affix` under the name that the caller used for it. */
export function affixCodec(
  name: string,
  before: string,
  after: string,
  shown: readonly string[],
): AffixCodec {
  for (const text of shown)
    if (typeof text !== 'string' || !text.isWellFormed())
      throw new TypeError(`${name} takes well-formed strings, not ${printValue(text)}`)
  return {
    ...affixed({ before, after }),
    name: `${name}(${shown.map(text => JSON.stringify(text)).join(', ')})`,
  }
}

maker(affix)
