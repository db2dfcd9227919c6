import { contentOf } from '../keys/identity.ts'

/** Whether `key` has the (outer) `prefix`: a leading string, leading elements, or equal fields. */
export function matches(key: unknown, prefix: unknown): boolean {
  if (typeof prefix === 'string') return typeof key === 'string' && key.startsWith(prefix)
  if (typeof key !== 'object' || key === null) return false
  return Object.entries(prefix as object).every(
    ([name, part]) =>
      part === undefined || contentOf((key as Record<string, unknown>)[name]) === contentOf(part),
  )
}

/** Compares well-formed strings by their UTF-8 bytes, which is not how JavaScript compares them. */
export function compareUtf8(a: string, b: string): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const [x, y] = [rank(a, index), rank(b, index)]
    if (x !== y) return x - y
  }
  return a.length - b.length
}

/** Astral characters, written as surrogates, come after all others, also after U+E000 to U+FFFF. */
function rank(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
