import type { KeyCodec } from '@kvdol/core'

/** Puts `base` before and `end` after every key. */
export function prefixed(base: string, end = ''): KeyCodec<string, string> {
  const least = base.length + end.length
  return {
    name: `${base}…${end}`,
    keys: 'string',
    ordered: end === '',
    decode: key =>
      key.length > least && key.startsWith(base) && key.endsWith(end)
        ? key.slice(base.length, key.length - end.length)
        : undefined,
    encode: key => `${base}${key}${end}`,
    prefix: (outer = '') => `${base}${outer}`,
  }
}
