import { type ErrorCode, StoreError } from '../error.ts'
import { typeName } from '../print-key.ts'

/**
 * Which fields of a record are meant, and in what form: one name is the bare value of that field, a list of names a
 * tuple of their values, `{ record: names }` a record of them.
 */
export type Fields = string | readonly string[] | { readonly record: readonly string[] }

/** Choices of fields with these names. */
export type FieldsOf<Name extends string> = Name | readonly Name[] | { readonly record: readonly Name[] }

/** The names in a choice of fields. */
export type NamesIn<F> = F extends string
  ? F
  : F extends readonly (infer Name)[]
    ? Name
    : F extends { readonly record: readonly (infer Name)[] }
      ? Name
      : never

/** What `F` selects of records of type `R`. */
export type Selected<R, F extends Fields> = F extends keyof R
  ? R[F]
  : F extends readonly (keyof R)[]
    ? { readonly [I in keyof F]: F[I] extends keyof R ? R[F[I]] : unknown }
    : F extends { readonly record: readonly (infer Name extends keyof R)[] }
      ? Pick<R, Name>
      : unknown

/** What is left of records of type `R` without some fields; where those are known only at run time, perhaps some. */
export type Without<R, Name> = string extends Name ? Partial<R> : Omit<R, Name & keyof R>

/** The two directions of a selection. */
export interface Selection<T> {
  /** The names, in their order. */
  readonly names: readonly string[]
  /** The selected fields of a record, in the chosen form. A field that the record lacks is `undefined`. */
  select(record: Readonly<Record<string, unknown>>): T
  /** The fields and their values. Throws `refusal` for what is not of the chosen form; a record may lack fields. */
  spread(selected: T): Record<string, unknown>
}

/**
 * How records are taken apart by the names of their fields, for adapters whose backend holds records: which fields
 * are the key, and which the value.
 *
 * Throws `TypeError` when no name is given, one is no string, or one is given twice.
 *
 * @example
 * ```ts
 * const key = selectFields(['team', 'name'], 'InvalidKey')
 * key.select({ team: 'red', name: 'ann', age: 41 }) // ['red', 'ann']
 * key.spread(['red', 'ann']) // { team: 'red', name: 'ann' }
 * ```
 */
export function selectFields<R, const F extends Fields>(
  fields: F,
  refusal: Extract<ErrorCode, 'InvalidKey' | 'InvalidValue'>,
): Selection<Selected<R, F>> {
  const selection =
    typeof fields === 'string'
      ? scalar(fields)
      : Array.isArray(fields)
        ? tuple(fields, refusal)
        : record(fields, refusal)
  checkNames(selection.names)
  return selection as Selection<Selected<R, F>>
}

function scalar(name: string): Selection<unknown> {
  return {
    names: [name],
    select: record => own(record, name),
    spread: value => Object.fromEntries([[name, value]]),
  }
}

function tuple(names: readonly string[], refusal: ErrorCode): Selection<readonly unknown[]> {
  return {
    names,
    select: record => names.map(name => own(record, name)),
    spread(values) {
      if (!Array.isArray(values) || values.length !== names.length)
        throw new StoreError(refusal, `wanted is [${names.join(', ')}], not ${typeName(values)}`)
      return Object.fromEntries(names.map((name, index) => [name, values[index]]))
    },
  }
}

function record(fields: unknown, refusal: ErrorCode): Selection<Readonly<Record<string, unknown>>> {
  const names = (fields as { record?: unknown } | null)?.record
  if (!Array.isArray(names)) throw new TypeError('fields are a name, a list of names, or { record: names }')
  return {
    names,
    select: record => Object.fromEntries(names.map(name => [name, own(record, name)])),
    spread(values) {
      if (Object(values) !== values || Array.isArray(values))
        throw new StoreError(refusal, `wanted is a record of ${names.join(', ')}, not ${typeName(values)}`)
      const foreign = Object.keys(values).find(name => !names.includes(name))
      if (foreign !== undefined)
        throw new StoreError(
          refusal,
          `there is no field ${JSON.stringify(foreign)}; there is ${names.join(', ')}`,
        )
      return Object.fromEntries(Object.entries(values))
    },
  }
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function checkNames(names: readonly unknown[]): void {
  if (names.length === 0) throw new TypeError('at least one field is named')
  for (const name of names)
    if (typeof name !== 'string' || name === '')
      throw new TypeError(`the name of a field is a string, not ${typeName(name)}`)
  if (new Set(names).size < names.length) throw new TypeError(`a field is named twice: ${names.join(', ')}`)
}
