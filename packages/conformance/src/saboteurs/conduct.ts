import { StoreError } from '@kvdol/core'
import type { ByteStore } from '../subject.ts'
import { lyingDriver, lyingStore, type Saboteur } from './saboteur.ts'

/** Bytes that are no plain `Uint8Array`, as clients of some backends give them. */
class ClientBytes extends Uint8Array {}

/** Stores that refuse, fail, or give out values in a way of their own. */
export const conductSaboteurs: readonly Saboteur[] = [
  lyingStore(
    'lists the names of foreign entries, which are no keys',
    ['N5'],
    ['L9', 'N4'],
    (store, { foreign }) => ({
      async *keys(options) {
        yield* store.keys(options)
        for (const name of foreign) yield `\ud800${name}`
      },
    }),
  ),
  lyingStore('gives values of a class of the client', ['N6'], ['R1', 'C5'], store => ({
    async get(key, options) {
      const value = await store.get(key, options)
      return value && new ClientBytes(value)
    },
  })),
  lyingStore('gives values that are parts of a larger buffer', ['N6'], ['R1', 'C5'], store => ({
    async get(key, options) {
      const value = await store.get(key, options)
      if (value === undefined) return undefined
      const pool = new Uint8Array(value.byteLength + 16)
      pool.set(value, 8)
      return pool.subarray(8, 8 + value.byteLength)
    },
  })),
  lyingStore('looks at the value before it looks at the key', ['N8'], ['C3', 'W12'], store => ({
    set(key, value, options) {
      if (!((value as unknown) instanceof Uint8Array))
        return refused('InvalidValue', 'a value is a Uint8Array', key)
      return store.set(key, value, options)
    },
  })),
  lyingStore('looks at the key before it tells that it is closed', ['N8'], [], store => ({
    get: (key, options) =>
      key === '' ? refused('InvalidKey', 'a key has a character', key) : store.get(key, options),
  })),
  lyingStore(
    'passes on what the source of a batch throws',
    ['N9'],
    ['K4', 'W13', 'C3', 'C5', 'C9', 'V4'],
    store => ({
      setMany: async (entries, options) => await store.setMany(await everyEntry(entries), options),
    }),
  ),
  lyingDriver('waits for a lock whose holder is gone', ['N12'], [], (driver, { locked }) => ({
    set(key, value, options) {
      if (locked.has(key)) throw new StoreError('Unavailable', 'somebody else holds the lock')
      return driver.set(key, value, options)
    },
  })),
]

function refused(code: 'InvalidKey' | 'InvalidValue', detail: string, key: string): Promise<never> {
  return Promise.reject(new StoreError(code, detail, { op: 'set', key, store: 'lying' }))
}

async function everyEntry(
  entries: Parameters<ByteStore['setMany']>[0],
): Promise<(readonly [string, Uint8Array])[]> {
  const all: (readonly [string, Uint8Array])[] = []
  for await (const entry of entries) all.push(entry)
  return all
}
