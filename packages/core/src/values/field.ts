import type { ValueCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { printValue, typeName } from '../print-key.ts'
import { corrupt } from './failure.ts'

/**
 * A value, stored as the only field of a record: `5` as `{ v: 5 }`, for backends that hold documents.
 *
 * @example
 * ```ts
 * const counters = pipe(documents, mapValues(field<'count', number>('count'))) // Store<string, number>
 * ```
 */
export function field<const Name extends string, V = unknown>(name: Name): ValueCodec<V, { [N in Name]: V }> {
  if (typeof name !== 'string')
    throw new TypeError(`field takes the name of a field, not ${printValue(name)}`)
  return {
    name: `field(${JSON.stringify(name)})`,
    decode: record => {
      if (typeof record !== 'object' || record === null || !Object.hasOwn(record, name))
        throw corrupt(`there is no field ${name} in ${typeName(record)}`)
      if (Object.keys(record).length !== 1) throw corrupt(`there are fields other than ${name}`)
      return record[name]
    },
    // Defines the property, so that a field named `__proto__` is an ordinary one.
    encode: value => Object.fromEntries([[name, value]]) as { [N in Name]: V },
  }
}

maker(field)
