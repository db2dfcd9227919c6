import { printValue } from '../../print-key.ts'

/** Makes the error of a sentence: a `TypeError` of an adapter, a `StoreError` of a write. */
export type Problem = (detail: string) => Error

/** What is wrong with an option: `keys is 'plain' or 'encoded', not 'Encoded'`. */
export function problem(path: string, expected: string, value: unknown, hidden: boolean): string {
  return `${path} is ${expected}, not ${hidden ? 'what was given' : describe(value)}`
}

/** Texts that can hold neither an address with a password nor a long token. */
const HARMLESS = /^[\w .,/-]{0,24}$/

/** A value for a message: texts when they are short and harmless, numbers as they are, anything else by its type. */
export function describe(value: unknown): string {
  if (typeof value !== 'string') return printValue(value)
  return HARMLESS.test(value) ? `'${value}'` : 'the text that was given'
}
