import { contentOf } from '../keys/identity.ts'
import { assertKeyList } from '../keys/key-list.ts'
import { printValue } from '../print-key.ts'

/** Keys of the kind of `K`: tuples of all lengths for a tuple. */
export type KindOf<K> = K extends readonly (infer Part)[] ? readonly Part[] : K

/** Accepts the keys of a collection, for `filterKeys`. Tuples and records are compared by their content. */
export function oneOf<K>(keys: Iterable<K>): (key: KindOf<K>) => boolean {
  assertKeyList('oneOf', keys)
  const wanted = new Set([...keys].map(contentOf))
  return key => wanted.has(contentOf(key))
}

/** Accepts keys that start with one of these, for `filterKeys`. */
export function startsWith(...prefixes: string[]): (key: string) => boolean {
  assertTexts('startsWith', prefixes)
  return key => prefixes.some(prefix => key.startsWith(prefix))
}

/** Accepts keys that end with one of these, for `filterKeys`: `endsWith('.csv', '.tsv')`. */
export function endsWith(...suffixes: string[]): (key: string) => boolean {
  assertTexts('endsWith', suffixes)
  return key => suffixes.some(suffix => key.endsWith(suffix))
}

/** Accepts keys in which the expression is found, for `filterKeys`. Anchor it yourself; `g` and `y` make no difference. */
export function matching(expression: RegExp): (key: string) => boolean {
  if (!(expression instanceof RegExp))
    throw new TypeError(`matching takes a RegExp, not ${printValue(expression)}`)
  // A global expression would remember where it stopped in the key before.
  const stateless = new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''))
  return key => stateless.test(key)
}

function assertTexts(of: string, texts: readonly unknown[]): void {
  for (const text of texts)
    if (typeof text !== 'string') throw new TypeError(`${of} takes strings, not ${printValue(text)}`)
}
