import { printValue } from '../print-key.ts'

/** Refuses what is no list of keys; a text, which would be a list of its characters, is probably one key. */
export function assertKeyList(of: string, keys: unknown): asserts keys is Iterable<unknown> {
  if (typeof keys === 'string')
    throw new TypeError(`${of} takes a list of keys; for one key write ['${keys.slice(0, 20)}']`)
  if (typeof Object(keys)[Symbol.iterator] !== 'function')
    throw new TypeError(`${of} takes a list of keys, not ${printValue(keys)}`)
}
