import { checkText } from '../check.ts'
import type { Affix, KeyCodec } from '../codec.ts'

/** A key codec that does nothing but add and remove fixed text, so that several of them merge into one. */
export interface AffixCodec extends KeyCodec<string, string> {
  readonly affix: Affix
}

/** The codec that adds this text. Inner keys without it, or with nothing in between, are not in the view. */
export function affixed({ before, after }: Affix): AffixCodec {
  const fixed = before.length + after.length
  return {
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

/** Two neighbours as one: a key is then joined once, however many there are. */
export function merged(inner: Affix, outer: Affix): AffixCodec {
  return affixed({ before: inner.before + outer.before, after: outer.after + inner.after })
}
