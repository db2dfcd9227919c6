/** What an option has to be, for a message, and whether a value is that. */
export type Check = readonly [expected: string, accepts: (value: unknown) => boolean]

export const flag: Check = ['true or false', value => typeof value === 'boolean']

export function oneOf(...values: string[]): Check {
  return [values.map(value => `'${value}'`).join(' or '), value => values.includes(value as string)]
}

/** Throws `TypeError` for an option that does not exist or makes no sense. No value is printed: it may be a secret. */
export function checkOptions(of: string, options: object, checks: Readonly<Record<string, Check>>): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${of}: the options are an object`)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name))
      throw new TypeError(
        `${of} has no option ${JSON.stringify(name)}; it has ${Object.keys(checks).join(', ')}`,
      )
    const [expected, accepts] = checks[name] as Check
    if (value !== undefined && !accepts(value)) throw new TypeError(`${of}: ${name} is ${expected}`)
  }
}
