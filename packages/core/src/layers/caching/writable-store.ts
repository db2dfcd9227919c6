import { type Option, option } from '../../options/option.ts'
import type { AnyStore } from '../../store.ts'
import { viewBehind } from '../../view/over.ts'

/** A store that can be written, as an option. */
export const writableStore: Option<AnyStore> = option('a store that can be written', isWritable)

/** Refuses with `TypeError` what is no store, and what can only be read. */
export function assertWritableStore(store: unknown, place: string): void {
  viewBehind(store as AnyStore)
  if (!isWritable(store))
    throw new TypeError(`${place} is a store that can only be read; it has to be written`)
}

function isWritable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Map) return false
  const { get, keys, set } = value as Record<string, unknown>
  const methods = [get, keys, set].every(method => typeof method === 'function')
  return methods && viewBehind(value as AnyStore).mapping.writable
}
