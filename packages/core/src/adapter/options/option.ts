import { type Problem, problem } from './problem.ts'

/**
 * One option of a table for {@link settingsOf}: what it is given as, and what it is settled to, which is `undefined` too
 * unless there is a default.
 */
export interface Option<G, S = G | undefined> {
  /** The same with a default, for when it is not given. */
  or(fallback: G): Option<G, Exclude<S, undefined>>
  /** The setting for what was given. Throws what `fail` makes of a value that makes no sense. */
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
  return optional((path, value, fail) => {
    if (test(value)) return value as T
    throw fail(problem(path, expected, value, hidden))
  })
}

/** An option of which `settle` takes what was given. */
function optional<T>(settle: Option<T, T>['settle'], fallback?: T): Option<T> {
  return {
    or: other => optional(settle, other) as Option<T, Exclude<T, undefined>>,
    settle: (path, value, fail) => (value === undefined ? fallback : settle(path, value, fail)),
  }
}
