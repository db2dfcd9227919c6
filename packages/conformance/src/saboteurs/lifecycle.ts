import { isStoreError, StoreError } from '@kvdol/core'
import { lyingDriver, lyingStore, type Saboteur } from './saboteur.ts'

let opened = 0

/** Stores that end, abort and fail wrongly. */
export const lifecycleSaboteurs: readonly Saboteur[] = [
  lyingStore('works after close', ['C1'], ['N8', 'T12'], () => ({ close: async () => {} })),
  lyingStore('cannot be closed twice', ['C1'], ['C9', 'N8', 'T12'], store => {
    let closed = false
    return {
      async close() {
        if (closed)
          throw new StoreError('Closed', 'the store is closed already', { op: 'close', store: 'lying' })
        closed = true
        await store.close()
      },
    }
  }),
  lyingStore('ignores signals', ['C3'], ['W12', 'C9', 'N8'], store => ({
    get: key => store.get(key),
    set: (key, value, { signal: _, ...options } = {}) => store.set(key, value, options),
  })),
  lyingStore('leaves listeners on signals', ['C3'], [], store => ({
    get(key, options) {
      options?.signal?.addEventListener?.('abort', () => {})
      return store.get(key, options)
    },
  })),
  lyingStore(
    'rejects errors of its own kind',
    ['C5'],
    ['K1', 'K2', 'K3', 'K4', 'R1', 'C1', 'C3', 'N8'],
    store => ({
      getOrThrow: async (key, options) => {
        try {
          return await store.getOrThrow(key, options)
        } catch (error) {
          throw new TypeError(String(error))
        }
      },
    }),
  ),
  lyingStore('forgets the key in its errors', ['C5'], ['K4', 'R1'], store => ({
    getOrThrow: async (key, options) => {
      try {
        return await store.getOrThrow(key, options)
      } catch (error) {
        if (!isStoreError(error)) throw error
        throw new StoreError(error.code, `${error.detail} at ${key}`, {
          op: 'getOrThrow',
          store: 'lying',
          cause: error.cause,
        })
      }
    },
  })),
  lyingStore('throws before it returns a promise', ['C9'], ['K4'], store => ({
    get(key, options) {
      if (key === null) throw new TypeError('no key')
      return store.get(key, options)
    },
  })),
  lyingStore('lets a rejection go unhandled', ['C9'], [], store => ({
    get(key, options) {
      const result = store.get(key, options)
      if ((key as unknown) === '') void result.then(() => {})
      return result
    },
  })),
  lyingDriver('declares an order that there is none', ['C10'], [], driver => ({
    guarantees: { ...driver.guarantees, order: 'alphabetical' as never },
  })),
  lyingDriver('declares something else each time', ['C10'], ['M1'], driver => ({
    guarantees: { ...driver.guarantees, maxKeyBytes: 1024 - (opened++ % 2) },
  })),
]
