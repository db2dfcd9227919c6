import type { Budget, Measured, Result } from './row.ts'
import type { Summary } from './statistics.ts'

const TIMES = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
] as const
const SIZES = [
  [1024 ** 2, 'MiB'],
  [1, 'B'],
] as const

/** A quantity with its unit: `1.23 ms`, `3.1 MiB`. */
export function quantity(value: number, unit: Result['unit']): string {
  const [scale, name] = (unit === 'bytes' ? SIZES : TIMES).find(([least]) => value >= least) ?? [
    1,
    unit === 'bytes' ? 'B' : 'ns',
  ]
  return `${significant(value / scale)} ${name}`
}

/** A multiple with its spread: `×1.20 (1.15–1.31)`. */
function multiple({ median, low, high }: Summary): string {
  return `×${significant(median)} (${significant(low)}–${significant(high)})`
}

/** A contestant other than raw: the multiple of raw where there is one, else the value. */
export function score({ value, ratio }: Measured, unit: Result['unit']): string {
  return ratio === undefined ? quantity(value.median, unit) : multiple(ratio)
}

export function budgetText(budget: Budget | undefined): string {
  if (budget === undefined) return '–'
  if ('times' in budget) return `≤ ×${budget.times}`
  return `≤ ${'bytes' in budget ? quantity(budget.bytes, 'bytes') : quantity(budget.nanoseconds, 'nanoseconds')}`
}

export function verdict(met: boolean | undefined): string {
  return met === undefined ? '–' : met ? 'yes' : 'NO'
}

/** Three digits, or all before the point. */
export function significant(number: number): string {
  return number >= 100 ? number.toFixed(0) : number >= 10 ? number.toFixed(1) : number.toFixed(2)
}
