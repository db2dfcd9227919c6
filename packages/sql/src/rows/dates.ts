import type { DialectName } from '../executor.ts'

/** A moment in UTC, as the database takes it; `undefined` beyond the years that all of them know. */
export function printDate(date: Date, dialect: DialectName): string | undefined {
  const year = date.getUTCFullYear()
  if (!(year >= 1 && year <= 9999)) return undefined
  const printed = date.toISOString()
  return dialect === 'mysql' ? printed.slice(0, -1).replace('T', ' ') : printed
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d(?::?\d\d)?)?$/

/** The moment, to the millisecond; UTC where no zone is given. What is no moment (`infinity`) stays text. */
export function parseDate(printed: string): Date | string {
  const [, day, time, fraction = '', zone = 'Z'] = MOMENT.exec(printed) ?? []
  if (day === undefined) return printed
  const date = new Date(
    `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone.length === 3 ? `${zone}:00` : zone}`,
  )
  return Number.isNaN(date.getTime()) ? printed : date
}
