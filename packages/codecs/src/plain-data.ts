import { isPlain } from './is-plain.ts'

/** The same data, its objects as literals make them; libraries make some without a prototype. */
export function plainData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainData)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plainData(part)]))
}
