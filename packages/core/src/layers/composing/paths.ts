import { invalidKey } from '../../check.ts'
import { StoreError } from '../../error.ts'
import { printKey } from '../../print-key.ts'
import { isPlain } from '../../values/is-plain.ts'

/** One change inside a value: what is to be at a path, or nothing any more. */
export interface Edit {
  /** The names that lead there, from the top of the value. */
  readonly path: readonly string[]
  /** `undefined` takes away what is there. */
  readonly value: unknown
}

/** Whether a value has fields: a plain object. */
export function hasFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value)
}

/** What lies at a path inside a value, by own fields and indices of lists; `undefined` when nothing does. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => {
    if (Array.isArray(at)) return INDEX.test(name) ? at[Number(name)] : undefined
    return hasFields(at) && Object.hasOwn(at, name) ? at[name] : undefined
  }, value)
}

const INDEX = /^(0|[1-9]\d*)$/

/**
 * The value after an edit, which is made in place; objects that are missing on the way are made. Nothing is changed for
 * what `InvalidKey` refuses: a path through a value without fields, and an index that no list can have.
 */
export function editedAt(root: unknown, { path, value }: Edit): unknown {
  if (path.length === 0) return value
  if (root === undefined) return value === undefined ? undefined : chain(path, value)
  let at = root
  let depth = 0
  // As far as something is there; what is missing from then on is made.
  for (; depth < path.length - 1; depth++) {
    const next = valueAt(at, [path[depth] as string])
    if (next === undefined) break
    at = next
  }
  const [name, ...missing] = path.slice(depth) as [string, ...string[]]
  if (value === undefined) {
    if (missing.length === 0 && valueAt(at, [name]) !== undefined) removeField(at, name)
    return root
  }
  assertSettable(at, path, depth)
  setField(at, name, chain(missing, value))
  return root
}

/** The value inside of one new object for each name. */
function chain(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inside, name) => Object.fromEntries([[name, inside]]), value)
}

function assertSettable(at: unknown, path: readonly string[], depth: number): void {
  const name = path[depth] as string
  if (Array.isArray(at)) {
    if (INDEX.test(name) && Number(name) <= at.length) return
    throw invalidKey(
      'not-an-index',
      `a list of ${at.length} has no place ${printKey(name)}; its places are 0 to ${at.length}`,
    )
  }
  if (!hasFields(at))
    throw invalidKey(
      'prefix-of-other',
      `what is at ${printKey(path.slice(0, depth))} has no fields; replace it first`,
    )
}

function setField(at: unknown, name: string, value: unknown): void {
  const how = { value, enumerable: true, configurable: true, writable: true }
  // Defined, so that it is a field like any other; anything else may be assigned, which is faster.
  if (name === '__proto__') Object.defineProperty(at, name, how)
  else (at as Record<string, unknown>)[name] = value
}

function removeField(at: unknown, name: string): void {
  if (Array.isArray(at))
    throw invalidKey(
      'not-an-index',
      'an element of a list cannot be taken away alone; set the list without it',
    )
  delete (at as Record<string, unknown>)[name]
}

/** How deep a value may be nested. */
const DEEPEST = 1000

/** A copy of all lists and plain objects in a value, which nobody else can change; anything else stays as it is. */
export function copied(value: unknown, above = 0): unknown {
  if (above > DEEPEST)
    throw new StoreError('InvalidValue', `the value has a cycle, or more than ${DEEPEST} levels`)
  if (Array.isArray(value)) return value.map(part => copied(part, above + 1))
  if (!hasFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copied(part, above + 1)]))
}
