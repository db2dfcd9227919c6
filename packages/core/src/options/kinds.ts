import { type Option, option } from './option.ts'

/** `true` or `false`. */
export const flag: Option<boolean> = option('true or false', value => typeof value === 'boolean')

/** A string of at least one character. */
export const text: Option<string> = option(
  'a string that is not empty',
  value => typeof value === 'string' && value !== '',
)

/** A string that no message shows: a password, a token. */
export const secret: Option<string> = option('a string', value => typeof value === 'string', { hidden: true })

/** A time that a timer can wait. */
export const milliseconds: Option<number> = option(
  'a whole number of milliseconds from 1 to 2147483647',
  value => Number.isInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 31,
)

/** A signal that ends a call: it rejects `Aborted`, with the signal's reason as cause. */
export const abortSignal: Option<AbortSignal> = option(
  'an AbortSignal',
  value => typeof (Object(value) as AbortSignal).addEventListener === 'function',
)

/** A media type, as in the header `content-type`. */
export const mediaType: Option<string> = option('a media type such as text/plain', value =>
  /^[!-~]+\/[ -~]+$/.test(String(value)),
)

/** A function of this type. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint, for functions of every type
export function callback<F extends (...args: any[]) => unknown>(): Option<F> {
  return option('a function', value => typeof value === 'function')
}

/** One of these strings. */
export function oneOf<const T extends string>(...values: readonly T[]): Option<T> {
  const names = values.map(value => `'${JSON.stringify(value).slice(1, -1)}'`)
  const last = names.pop()
  return option(names.length === 0 ? `${last}` : `${names.join(', ')} or ${last}`, value =>
    values.includes(value as T),
  )
}

/** A whole number from `least` to `most`; without `most`, `Infinity` is one too. */
export function wholeNumber(least: number, most: number = Number.POSITIVE_INFINITY): Option<number> {
  const end = most === Number.POSITIVE_INFINITY ? ', or Infinity' : ` to ${most}`
  return option(
    `a whole number from ${least}${end}`,
    value =>
      value === most ||
      (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most),
  )
}
