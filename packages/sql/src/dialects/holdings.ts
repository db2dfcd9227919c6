import type { Holding } from './dialect.ts'

/** The numbers in the parentheses of a type: `numeric(10,2)` gives 10 and 2. */
export function lengthsOf(type: string): number[] {
  const inside = /\(([\d, -]+)\)/.exec(type)?.[1]
  return inside === undefined ? [] : inside.split(',').map(Number)
}

/** Text of so many characters at most; `padded`: the column drops spaces at the end. */
export function textOf(longest: number | undefined, padded: boolean): Partial<Holding> {
  if (longest === undefined) return {}
  return {
    takes: `a string of at most ${longest} characters${padded ? ', without spaces at the end' : ''}`,
    keeps: value => characters(value as string) <= longest && !(padded && (value as string).endsWith(' ')),
  }
}

function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Decimal numbers with so many digits after the point. */
export function decimalOf(scale: number | undefined): Partial<Holding> {
  if (scale === undefined) return {}
  return {
    takes: `a decimal number, as a string, with at most ${scale} digits after the point`,
    keeps: value => (/\.(\d*?)0*$/.exec(String(value))?.[1]?.length ?? 0) <= scale,
  }
}

/** Floating-point numbers of 32 bits, by the shortest decimal that means them. */
export const singlePrecision: Partial<Holding> = {
  takes: 'a number that 32 bits hold (7 digits)',
  keeps: value => shortest(value as number) === value || Number.isNaN(value),
  encode: Math.fround,
  decode: (native: unknown) => (typeof native === 'number' ? shortest(native) : native),
}

function shortest(value: number): number {
  const single = Math.fround(value)
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return Number(single.toPrecision(9))
}

/** Moments with so many digits of a second. */
export function momentsOf(digits: number): Partial<Holding> {
  if (digits >= 3) return {}
  const step = 10 ** (3 - digits)
  return {
    takes: digits === 0 ? 'a Date of whole seconds' : `a Date with ${digits} digits of a second`,
    keeps: value => !(value instanceof Date) || value.getTime() % step === 0,
  }
}

/** Text in one spelling. */
export function spelledAs(pattern: RegExp, takes: string): Partial<Holding> {
  return { takes, keeps: value => typeof value === 'string' && pattern.test(value) }
}

/** Whole numbers of so many bits. */
export function integersOf(bits: number, unsigned: boolean): Partial<Holding> {
  const [least, most] = unsigned
    ? [0n, 2n ** BigInt(bits) - 1n]
    : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n]
  const fits = (value: unknown) => (value as bigint) >= least && (value as bigint) <= most
  return {
    takes: `a whole number from ${least} to ${most}`,
    keeps: fits,
    ...(unsigned && { also: value => typeof value === 'bigint' && fits(value) }),
  }
}

/** Whole numbers other than 0 and 1, which a column of flags holds as well. */
export function isNoFlag(value: unknown): boolean {
  return Number.isSafeInteger(value) && value !== 0 && value !== 1
}
