/** What an option has to be, in words that complete "it is …", and the test. */
export type OptionCheck = readonly [expected: string, accepts: (value: unknown) => boolean]

/** Checks of the options of an adapter, for {@link givenOptions}. */
export const option: {
  /** `true` or `false`. */
  readonly flag: OptionCheck
  readonly callback: OptionCheck
  /** A string of at least one character. */
  readonly text: OptionCheck
  /** A time that a timer can wait. */
  readonly milliseconds: OptionCheck
  /** One of the given strings. */
  readonly oneOf: (...values: string[]) => OptionCheck
  /** A whole number from `least` to `most`; without `most`, or with `Infinity`, that is allowed too. */
  readonly wholeNumber: (least: number, most?: number) => OptionCheck
} = {
  flag: ['true or false', value => typeof value === 'boolean'],
  callback: ['a function', value => typeof value === 'function'],
  text: ['a string that is not empty', value => typeof value === 'string' && value !== ''],
  milliseconds: [
    'a whole number of milliseconds from 1 to 2147483647',
    value => Number.isInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 31,
  ],
  oneOf: (...values) => [
    values.map(value => `'${value}'`).join(' or '),
    value => values.includes(value as string),
  ],
  wholeNumber: (least, most = Number.POSITIVE_INFINITY) => [
    `a whole number from ${least}${most === Number.POSITIVE_INFINITY ? ', or Infinity' : ` to ${most}`}`,
    value =>
      value === most ||
      (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most),
  ],
}
