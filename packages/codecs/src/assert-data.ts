import { printKey, typeName } from '@kvdol/core/adapter'
import { invalidValue } from './failure.ts'
import { isPlain } from './is-plain.ts'

/** How deep arrays and objects may be nested. */
export const MAX_DEPTH = 100

/** What a format can hold besides arrays and plain objects. */
export interface Format {
  /** For messages. */
  readonly name: string
  holds(value: unknown): boolean
  holdsName(name: string): boolean
}

/**
 * Refuses with `InvalidValue`, naming the place, whatever `format` would drop or change: anything but arrays, plain
 * objects and what the format holds; cycles; and more than {@link MAX_DEPTH} levels. Properties that are `undefined`
 * pass, for the format to leave out.
 */
export function assertData(format: Format, value: unknown): void {
  const misfit = findMisfit(format, value)
  if (misfit === undefined) return
  const path = misfit.path.length > 100 ? `${misfit.path.slice(0, 100).toWellFormed()}…` : misfit.path
  throw invalidValue(`${format.name} cannot hold ${misfit.what}${path === '' ? '' : ` at ${path}`}`)
}

/** What a format cannot hold, and where. Both may show names of properties. */
export interface Misfit {
  readonly what: string
  readonly path: string
}

/** The first part of `value` that {@link assertData} refuses. */
export function findMisfit(format: Format, value: unknown, above: object[] = []): Misfit | undefined {
  if (!Array.isArray(value) && !isPlain(value))
    return format.holds(value) ? undefined : { what: describe(value), path: '' }
  if (above.includes(value)) return { what: 'a cycle', path: '' }
  if (above.length === MAX_DEPTH) return { what: `more than ${MAX_DEPTH} levels`, path: '' }
  above.push(value)
  const misfit = Array.isArray(value)
    ? misfitInArray(format, value, above)
    : misfitInRecord(format, value, above)
  above.pop()
  return misfit
}

function misfitInArray(format: Format, array: readonly unknown[], above: object[]): Misfit | undefined {
  for (let index = 0; index < array.length; index++) {
    const misfit = findMisfit(format, array[index], above)
    if (misfit !== undefined) return { what: misfit.what, path: `[${index}]${misfit.path}` }
  }
  return undefined
}

function misfitInRecord(
  format: Format,
  record: Record<string, unknown>,
  above: object[],
): Misfit | undefined {
  for (const name of Object.keys(record)) {
    if (!format.holdsName(name)) return { what: `a property named ${printKey(name)}`, path: '' }
    const part = record[name]
    const misfit = part === undefined ? undefined : findMisfit(format, part, above)
    if (misfit !== undefined) return { what: misfit.what, path: `${printName(name)}${misfit.path}` }
  }
  return undefined
}

function describe(value: unknown): string {
  if (typeof value === 'string') return 'half of a surrogate pair'
  return typeof value === 'bigint' ? 'a bigint, or one of this size' : typeName(value)
}

function printName(name: string): string {
  return /^[\w$]{1,40}$/.test(name) ? `.${name}` : `[${printKey(name)}]`
}
