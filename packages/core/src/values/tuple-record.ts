import type { ValueCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { printKey, printValue, typeName } from '../print-key.ts'
import { corrupt, invalidValue } from './failure.ts'

/** The values of the `Names`d fields of `Fields`, in order. */
export type TupleOfRecord<Names extends readonly PropertyKey[], Fields> = {
  -readonly [Index in keyof Names]: Names[Index] extends keyof Fields ? Fields[Names[Index]] : unknown
}

/**
 * Tuples, stored as records: `[1, 2]` as `{ a: 1, b: 2 }`. Exactly these fields, on both sides: a tuple of another
 * length is refused with `InvalidValue`, and a record with other fields is `Corrupt`.
 *
 * Throws `TypeError` for names that occur twice.
 *
 * @example
 * ```ts
 * const people = pipe(documents, mapValues(tupleRecord(['name', 'age'])))
 * await people.set('123', ['John', 42]) // stores { name: 'John', age: 42 }
 * ```
 */
export function tupleRecord<
  const Names extends readonly string[],
  Fields extends { [Name in Names[number]]: unknown } = { [Name in Names[number]]: unknown },
>(names: Names): ValueCodec<TupleOfRecord<Names, Fields>, Fields> {
  if (!Array.isArray(names) || new Set(names).size !== names.length)
    throw new TypeError(`tupleRecord takes an array of different field names, not ${printKey(names)}`)
  const odd = names.find(name => typeof name !== 'string')
  if (odd !== undefined)
    throw new TypeError(`tupleRecord takes names that are strings, not ${printValue(odd)}`)
  return {
    name: `tupleRecord(${JSON.stringify(names)})`,
    decode: record => toTuple(names, record) as TupleOfRecord<Names, Fields>,
    encode: tuple => toRecord(names, tuple) as Fields,
  }
}

maker(tupleRecord)

function toTuple(names: readonly string[], record: unknown): unknown[] {
  if (typeof record !== 'object' || record === null)
    throw corrupt(`a record is expected, not ${typeName(record)}`)
  const missing = names.find(name => !Object.hasOwn(record, name))
  if (missing !== undefined) throw corrupt(`there is no field ${missing}`)
  if (Object.keys(record).length !== names.length)
    throw corrupt(`there are fields other than ${names.join(', ')}`)
  return names.map(name => (record as Record<string, unknown>)[name])
}

function toRecord(names: readonly string[], tuple: unknown): object {
  if (!Array.isArray(tuple)) throw invalidValue(`a value is a tuple here, not ${typeName(tuple)}`)
  if (tuple.length !== names.length)
    throw invalidValue(`a value has ${names.length} elements here, not ${tuple.length}`)
  // Defines properties, so that a field named `__proto__` is an ordinary one.
  return Object.fromEntries(names.map((name, index) => [name, tuple[index]]))
}
