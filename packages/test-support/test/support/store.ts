import { appendFileSync } from 'node:fs'
import { createStore, type Store } from '@kvdol/core'

/** A store in memory that writes a line for each value into a file: key, first byte, length. */
export function open(place: string): Store<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>()
  return createStore<string, Uint8Array>({
    name: 'telling',
    get: key => entries.get(key)?.slice(),
    keys: () => entries.keys(),
    set(key, value) {
      entries.set(key, value)
      appendFileSync(place, `${key} ${value[0]} ${value.byteLength}\n`)
    },
    delete: key => void entries.delete(key),
  })
}
