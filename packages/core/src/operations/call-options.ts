import { wholeNumber } from '../options/kinds.ts'
import { type AnyOptions, describe, option } from '../options/option.ts'
import { type OptionsOf, type SettingsOf, settled } from '../options/settings-of.ts'
import type { AnyReader } from '../store.ts'
import { invalid } from '../view/options.ts'
import { viewBehind } from '../view/over.ts'

/** What every call takes. */
export const CALL = {
  signal: option<AbortSignal>(
    'an AbortSignal',
    value => typeof (value as AbortSignal | null)?.addEventListener === 'function',
  ),
}

/** What a call that does many things takes. */
export const BATCH = { ...CALL, concurrency: wholeNumber(1) }

/** A prefix of keys of any kind, which the listing looks at more closely. */
export const PREFIX = option<unknown>(
  'a text, or leading elements or some fields of a key',
  value =>
    typeof value === 'string' || Array.isArray(value) || Object.prototype.toString.call(value) === OBJECT,
)

const OBJECT = '[object Object]'

/**
 * The settings of a call. Throws `Closed` or `Aborted`, then `InvalidArgument`, before anything is done, for options that
 * make no sense.
 */
export function callSettings<T extends AnyOptions>(
  store: AnyReader,
  op: string,
  table: T,
  given: OptionsOf<T> | undefined,
): SettingsOf<T> {
  const { signal } = Object(given) as { signal?: AbortSignal }
  return checked(store, op, fail => settled('', table, given, fail), signal)
}

/** Refuses with `InvalidArgument` what is not the function that a call takes. */
export function assertFunction(store: AnyReader, op: string, name: string, given: unknown): void {
  checked(store, op, fail => {
    if (typeof given !== 'function') throw fail(`${name} is a function, not ${describe(given)}`)
  })
}

/** The number of things that a call is asked for. Throws `InvalidArgument` for what is no such number. */
export function checkedCount(store: AnyReader, op: string, name: string, given: unknown): number | undefined {
  return checked(store, op, fail => wholeNumber(0).settle(name, given, fail))
}

function checked<T>(
  store: AnyReader,
  op: string,
  check: (fail: typeof invalid) => T,
  signal?: AbortSignal,
): T {
  const view = viewBehind(store)
  try {
    view.assertOpen(signal)
    return check(invalid)
  } catch (error) {
    throw view.wrap(op, undefined, error)
  }
}
