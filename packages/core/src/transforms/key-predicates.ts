import { contentOf } from '../keys/identity.ts'

/** Accepts the keys of a collection, for `filterKeys`. Tuples and records are compared by their content. */
export function oneOf<K>(keys: Iterable<K>): (key: K) => boolean {
  const wanted = new Set([...keys].map(contentOf))
  return key => wanted.has(contentOf(key))
}

/** Accepts keys that start with one of these, for `filterKeys`. */
export function startsWith(...prefixes: string[]): (key: string) => boolean {
  return key => prefixes.some(prefix => key.startsWith(prefix))
}

/** Accepts keys that end with one of these, for `filterKeys`: `endsWith('.csv', '.tsv')`. */
export function endsWith(...suffixes: string[]): (key: string) => boolean {
  return key => suffixes.some(suffix => key.endsWith(suffix))
}

/** Accepts keys in which the expression is found, for `filterKeys`. Anchor it yourself; `g` and `y` make no difference. */
export function matching(expression: RegExp): (key: string) => boolean {
  // A global expression would remember where it stopped in the key before.
  const stateless = new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''))
  return key => stateless.test(key)
}
