import type { ByteStore } from '../subject.ts'
import { lyingStore, type Saboteur } from './saboteur.ts'

/** Stores that are too generous about what a key is. */
export const keyArgumentSaboteurs: readonly Saboteur[] = [
  lyingStore('answers undefined for a key that is too long', ['K1'], ['C5', 'N2'], store => ({
    get: async (key, options) =>
      typeof key === 'string' && key.length > 1024 ? undefined : await store.get(key, options),
  })),
  lyingStore('replaces half surrogate pairs', ['K2'], [], store => ({
    get: (key, options) => store.get(wellFormed(key), options),
    has: (key, options) => store.has(wellFormed(key), options),
    set: (key, value, options) => store.set(wellFormed(key), value, options),
    keys: options =>
      store.keys(
        options?.prefix === undefined ? options : { ...options, prefix: wellFormed(options.prefix) },
      ),
  })),
  lyingStore('has no empty key instead of refusing it', ['K3'], ['N8'], store => ({
    has: async (key, options) => key !== '' && (await store.has(key, options)),
  })),
  lyingStore('converts keys to strings', ['K4'], [], store => ({
    get: (key, options) => store.get(coerced(key), options),
    has: (key, options) => store.has(coerced(key), options),
    delete: (key, options) => store.delete(coerced(key), options),
    set: (key, value, options) => store.set(coerced(key), value, options),
  })),
  lyingStore('lists everything for a prefix that is no string', ['K4'], [], store => ({
    keys: options => (typeof options?.prefix === 'string' ? store.keys(options) : everything(store, options)),
  })),
]

function wellFormed(key: string): string {
  return typeof key === 'string' ? key.toWellFormed() : key
}

function coerced(key: unknown): string {
  try {
    return String(key)
  } catch {
    return ''
  }
}

function everything(store: ByteStore, options: Parameters<ByteStore['keys']>[0]): AsyncIterable<string> {
  if (typeof options !== 'object' || options === null) return store.keys(options)
  const { prefix: _, ...rest } = options
  return store.keys(rest)
}
