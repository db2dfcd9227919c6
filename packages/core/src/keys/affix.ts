import { checkText } from '../check.ts'
import type { KeyCodec } from '../codec.ts'

/** A key codec that does nothing but add and remove fixed text, so that several of them merge into one. */
export interface AffixCodec extends KeyCodec<string, string> {
  readonly affix: { readonly before: string; readonly after: string }
}

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
      throw new TypeError(`${name} takes well-formed strings`)
  const fixed = before.length + after.length
  return {
    name: `${name}(${shown.map(text => JSON.stringify(text)).join(', ')})`,
    keys: 'string',
    ordered: after === '',
    affix: { before, after },
    decode: key =>
      key.length > fixed && key.startsWith(before) && key.endsWith(after)
        ? key.slice(before.length, key.length - after.length)
        : undefined,
    encode: key => {
      if (typeof key !== 'string' || key === '') checkText(key)
      return before + key + after
    },
    prefix: (outer = '') => before + outer,
  }
}
