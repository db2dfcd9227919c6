import { type Option, option } from '../../options/option.ts'

/** A time in milliseconds that need not be whole, or `Infinity`. */
export const duration: Option<number> = option(
  'a number of milliseconds above 0, or Infinity',
  value => typeof value === 'number' && value > 0,
)
