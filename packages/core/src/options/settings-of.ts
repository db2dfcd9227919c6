import { StoreError } from '../error.ts'
import { printKey } from '../print-key.ts'
import { nearest } from './nearest.ts'
import { type AnyOptions, describe, type Option, type Problem } from './option.ts'

/** What users give: every option of the table, none of them needed. */
export type OptionsOf<T extends AnyOptions> = {
  -readonly [Name in keyof T]?: (T[Name] extends Option<infer G, unknown> ? G : never) | undefined
}

/** What the adapter works with: every option decided. */
export type SettingsOf<T extends AnyOptions> = {
  readonly [Name in keyof T]: T[Name] extends Option<infer _, infer S> ? S : never
}

/**
 * The settings of these options; one that is `undefined` counts as not given. Throws `TypeError`, with what was given
 * and what is wanted, for an option that does not exist or makes no sense.
 *
 * @example
 * ```ts
 * const OPTIONS = {
 *   // How keys are written.
 *   keys: oneOf('plain', 'encoded').or('plain'),
 *   timeout: milliseconds.or(30_000),
 * }
 * settingsOf('shelf', OPTIONS, { keys: 'encoded' }) // { keys: 'encoded', timeout: 30_000 }
 * ```
 */
export function settingsOf<T extends AnyOptions>(
  adapter: string,
  table: T,
  given: OptionsOf<T> | undefined,
): SettingsOf<T> {
  return settled(adapter, table, given, detail => new TypeError(detail))
}

/**
 * The settings of a function over a store, such as `presign(store, key, options)`. Throws `InvalidArgument` where
 * {@link settingsOf} throws `TypeError`.
 */
export function callSettingsOf<T extends AnyOptions>(
  op: string,
  table: T,
  given: OptionsOf<T> | undefined,
): SettingsOf<T> {
  return settled(op, table, given, detail => new StoreError('InvalidArgument', detail, { op }))
}

/**
 * The settings of a driver's own write options, whose names are its `writeOptions`; other options of the call are left
 * to the store. Throws `InvalidArgument` for one that makes no sense.
 */
export function writeSettingsOf<T extends AnyOptions>(table: T, given: object): SettingsOf<T> {
  const own = Object.entries(given).filter(([name]) => Object.hasOwn(table, name))
  return settled('', table, Object.fromEntries(own), detail => new StoreError('InvalidArgument', detail))
}

/** Options within an option; what is not given has its defaults. */
export function group<const T extends AnyOptions>(table: T): Option<OptionsOf<T>, SettingsOf<T>> {
  return withDefaults({})

  function withDefaults(fallback: OptionsOf<T>): Option<OptionsOf<T>, SettingsOf<T>> {
    return {
      or: next => withDefaults(next) as Option<OptionsOf<T>, Exclude<SettingsOf<T>, undefined>>,
      settle: (path, value, fail) => settled(path, table, value === undefined ? fallback : value, fail),
    }
  }
}

/** The settings of the options at a path, `''` for those of a call; `fail` makes the error. */
export function settled<T extends AnyOptions>(
  path: string,
  table: T,
  given: unknown,
  fail: Problem,
): SettingsOf<T> {
  const at = path === '' ? '' : `${path}: `
  const options = (given ?? {}) as Record<string, unknown>
  // Neither a list, a map nor another thing with a content of its own.
  if (given === null || Object.prototype.toString.call(options) !== '[object Object]')
    throw fail(`${at}the options are an object, not ${describe(given)}`)
  const names = Object.keys(table)
  for (const name of Object.keys(options))
    if (!Object.hasOwn(table, name) && options[name] !== undefined) throw fail(noOption(path, name, names))
  return Object.fromEntries(
    names.map(name => [name, (table[name] as Option<unknown>).settle(at + name, options[name], fail)]),
  ) as SettingsOf<T>
}

function noOption(path: string, name: string, names: readonly string[]): string {
  const [none, there] = path === '' ? ['there is no', 'there is'] : [`${path} has no`, 'it has']
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : `did you mean ${meant}? `
  return `${none} option ${printKey(name)}; ${hint}${there} ${names.join(', ')}`
}
