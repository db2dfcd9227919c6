import { isPlain } from './is-plain.ts'

/** Whether two values hold the same data. A property that is `undefined` counts as none, and -0 as 0. */
export function sameData(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((part, index) => sameData(part, b[index]))
  if (a instanceof Date && b instanceof Date) return a.toISOString() === b.toISOString()
  if (!isPlain(a) || !isPlain(b)) return a === b || Object.is(a, b)
  const names = [a, b].map(record => Object.keys(record).filter(name => record[name] !== undefined))
  const [mine = [], theirs = []] = names
  return (
    mine.length === theirs.length && mine.every(name => Object.hasOwn(b, name) && sameData(a[name], b[name]))
  )
}
