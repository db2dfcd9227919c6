const LAST_CODE_POINT = 0x10ffff

/**
 * The first string behind all those that begin with `prefix`, in the order of code points, which is that of UTF-8 bytes
 * and of MongoDB without collation; `undefined` when there is none.
 */
export function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, character => character.codePointAt(0) as number)
  while (points.at(-1) === LAST_CODE_POINT) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  // Surrogates are no characters of their own.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}

/** The condition for strings that begin with `prefix`. Only strings are compared with a string. */
export function startsWith(prefix: string): Record<string, string> {
  const end = successor(prefix)
  return end === undefined ? { $gte: prefix } : { $gte: prefix, $lt: end }
}
