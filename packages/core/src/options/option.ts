import { printValue } from '../print-key.ts'

/** Makes the error of a sentence: a `TypeError` of an adapter, a `StoreError` of a call. */
export type Problem = (detail: string) => Error

/**
 * One option of a table for {@link settingsOf}: what it is given as, and what it is settled to, which is `undefined` too
 * unless there is a default.
 */
export interface Option<G, S = G | undefined> {
  /** The same with a default, for when it is not given. */
  or(fallback: G): Option<G, Exclude<S, undefined>>
  /** The setting for what was given at a path. Throws what `fail` makes of a value that makes no sense. */
  settle(path: string, value: unknown, fail: Problem): S
}

/** A table of options by name. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint, for options of every type
export type AnyOptions = Readonly<Record<string, Option<any, any>>>

/**
 * An option with a check of its own; `expected` completes "it is …". Of a `hidden` one no message shows the value.
 *
 * @example
 * ```ts
 * const pattern = option<string | Template>('the text of a template, or a template', isPattern)
 * ```
 */
export function option<T>(
  expected: string,
  test: (value: unknown) => boolean,
  { hidden = false }: { hidden?: boolean } = {},
): Option<T> {
  return settledBy(undefined)

  function settledBy(fallback: T | undefined): Option<T> {
    return {
      or: other => settledBy(other) as Option<T, Exclude<T, undefined>>,
      settle(path, value, fail) {
        if (value === undefined) return fallback
        if (test(value)) return value as T
        throw fail(`${path} is ${expected}, not ${hidden ? 'what was given' : describe(value)}`)
      },
    }
  }
}

/** Texts that can hold neither an address with a password nor a long token. */
const HARMLESS = /^[\w .,/-]{0,24}$/

/** A value for a message: texts when they are short and harmless, numbers as they are, anything else by its type. */
export function describe(value: unknown): string {
  if (typeof value !== 'string') return printValue(value)
  return HARMLESS.test(value) ? `'${value}'` : 'the text that was given'
}
