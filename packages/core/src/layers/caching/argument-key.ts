import { StoreError } from '../../error.ts'
import { printValue } from '../../print-key.ts'
import { isPlain } from '../../values/is-plain.ts'

/**
 * A text for a value, another one for every value that differs: in type, in the sign of zero, in the order of a list or a
 * `Map`; fields of objects count in any order. Takes what JSON holds, `undefined`, numbers of every kind, bigints, dates,
 * regular expressions, URLs, maps, sets and bytes. Throws `InvalidArgument` for anything else.
 */
export function argumentKey(value: unknown, within: readonly object[] = []): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      return value === null ? 'null' : objectKey(value, within)
    default:
      throw unusable(value)
  }
}

function objectKey(value: object, within: readonly object[]): string {
  if (within.includes(value)) throw new StoreError('InvalidArgument', 'an argument contains itself; give key')
  const inside = [...within, value]
  const all = (items: Iterable<unknown>) => Array.from(items, item => argumentKey(item, inside)).join()
  // With holes, which differ from `undefined` only to those who look for them.
  if (Array.isArray(value)) return `[${all(value)}]`
  if (isPlain(value)) return recordKey(value as Record<string, unknown>, inside)
  const type = Object.prototype.toString.call(value).slice(8, -1)
  if (ArrayBuffer.isView(value))
    return `${type}(${hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))})`
  // A subclass may hold more than what is looked at here.
  if (value.constructor?.name !== type) throw unusable(value)
  switch (type) {
    case 'Date':
      return `Date(${(value as Date).getTime()})`
    case 'URL':
    case 'RegExp':
      return `${type}(${JSON.stringify(String(value))})`
    case 'Set':
      return `Set(${all(value as Set<unknown>)})`
    case 'Map':
      return `Map(${all(value as Map<unknown, unknown>)})`
    case 'ArrayBuffer':
      return `ArrayBuffer(${hex(new Uint8Array(value as ArrayBuffer))})`
    default:
      throw unusable(value)
  }
}

function recordKey(record: Record<string, unknown>, within: readonly object[]): string {
  if (Object.getOwnPropertySymbols(record).length > 0) throw unusable(record)
  const fields = Object.keys(record).sort()
  return `{${fields.map(name => `${JSON.stringify(name)}:${argumentKey(record[name], within)}`).join()}}`
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

function unusable(value: unknown): StoreError {
  return new StoreError(
    'InvalidArgument',
    `${printValue(value)} cannot be told from others; give key, a function that makes of the arguments what can`,
  )
}
