import type { OptionCheck } from './option.ts'

/**
 * The options of an adapter that were given, those that are `undefined` left out. Throws `TypeError`, with what there
 * is or what is wanted, for an option that does not exist or makes no sense.
 *
 * @example
 * ```ts
 * const CHECKS = { keys: option.oneOf('plain', 'encoded'), allowClear: option.flag }
 * const settings = { keys: 'plain', allowClear: false, ...givenOptions('files', options, CHECKS) }
 * ```
 */
export function givenOptions<O extends object>(
  adapter: string,
  options: O,
  checks: Readonly<Record<keyof O & string, OptionCheck>>,
): Partial<O> {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${adapter}: the options are an object`)
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!Object.hasOwn(checks, name))
      throw new TypeError(
        `${adapter} has no option ${JSON.stringify(name)}; it has ${Object.keys(checks).join(', ')}`,
      )
    const [expected, accepts] = checks[name as keyof O & string]
    if (!accepts(value)) throw new TypeError(`${adapter}: ${name} is ${expected}`)
  }
  return Object.fromEntries(given) as Partial<O>
}
