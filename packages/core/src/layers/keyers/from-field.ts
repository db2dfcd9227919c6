import { StoreError } from '../../error.ts'
import { maker } from '../../makers.ts'
import { printKey, printValue } from '../../print-key.ts'
import type { Keyer } from './keyer.ts'

/**
 * Keys that are a field of the value: `fromField('ts')`. The field stays in the value. A key that is there already
 * rejects `Conflict`, and a value without the field `InvalidValue`. Needs a store with `ifAbsent`.
 *
 * @example
 * ```ts
 * const times = pipe(files('readings'), mapKeys(template('{ts:int}.json').scalar()), jsonValues<Reading>())
 * const readings = appendable(times, fromField('ts'))
 * await readings.append({ ts: 1, v: 2 }) // 1
 * ```
 */
export function fromField<K, V extends object, const N extends string = Extract<keyof V, string>>(
  name: N,
): Keyer<K, V & { readonly [P in N]: K }> {
  if (typeof name !== 'string' || (name as string) === '')
    throw new TypeError(`fromField takes the name of a field, not ${printValue(name)}`)
  return {
    name: `fromField(${printKey(name)})`,
    taken: 'Conflict',
    keysFor: () => value => fieldOf(value, name) as K,
  }
}

maker(fromField)

/** A field of a value that is an object of its own. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null)
    throw new StoreError('InvalidValue', `the value has no fields: it is ${printValue(value)}`)
  const field = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  if (field === undefined) throw new StoreError('InvalidValue', `the value has no field ${printKey(name)}`)
  return field
}
