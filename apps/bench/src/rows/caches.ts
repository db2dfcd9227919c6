import { fromMap, memory, pipe, type Store } from '@kvdol/core'
import { buffered, cached, cachedKeys, expiring, memoize, tiered } from '@kvdol/core/layers'
import { type Entry, ours, peer, raw } from '../entry.ts'
import type { Row } from '../row.ts'
import { timedRow } from '../timed-row.ts'

const KEYS = Array.from({ length: 1024 }, (_, index) => `users/department-7/user-${10_000 + index}`)
const BYTES = new Uint8Array(1024).fill(7)
const BUFFER = Buffer.from(BYTES)
const HIT_BUDGET = 1.5
const STACK_BUDGET = 3
const MISSES = 10_000

/**
 * What is found near, and what many who miss at once cost. The raw contestant of the first two rows is the near store
 * alone; of the stacks, one layer.
 */
export const cacheRows: readonly Row[] = [
  timedRow('cache hit, 1 KB copied out', HIT_BUDGET, hits),
  timedRow('cache hit, by reference', HIT_BUDGET, hitsByReference),
  timedRow('10,000 misses of one key at once', undefined, misses),
  timedRow('memoized call, kept', undefined, memoized),
  timedRow('ten caches beside one, get', STACK_BUDGET, tenCaches),
  timedRow('ten buffers beside one, get', STACK_BUDGET, tenBuffers),
  timedRow('memory get, bounded beside unbounded', undefined, bounded),
]

/** Each turn takes another key. */
const keyAt = (turn: number): string => KEYS[turn & 1023]!

type Bytes = Store<string, Uint8Array>

async function filled<S extends Bytes>(store: S): Promise<S> {
  await store.setMany(KEYS.map(key => [key, BYTES]))
  return store
}

/** A store of which everything has been read once. */
async function warm<S extends Bytes>(store: S): Promise<S> {
  for (const key of KEYS) await store.get(key)
  return store
}

function hits(): Entry[] {
  return [
    raw('bounded memory', async () => {
      const store = await filled(memory({ maxEntries: 10_000 }))
      return turn => store.get(keyAt(turn))
    }),
    ours('cached', async () => {
      const store = await warm(cached(await filled(memory())))
      return turn => store.get(keyAt(turn))
    }),
    peer('kvdol, with a ttl', 'the same, noting ages', async () => {
      const store = await warm(cached(await filled(memory()), { ttl: 3_600_000 }))
      return turn => store.get(keyAt(turn))
    }),
    peer('kvdol, tiered', 'two tiers', async () => {
      const store = await warm(tiered([memory({ maxEntries: 10_000 }), await filled(memory())]))
      return turn => store.get(keyAt(turn))
    }),
    peer('cacheable', 'own copy', async () => {
      const { Cacheable } = await import('cacheable')
      const cache = new Cacheable()
      for (const key of KEYS) await cache.set(key, BYTES)
      return turn => cache.get(keyAt(turn))
    }),
    peer('keyv over an LRU memory', 'base64 in JSON text', async () => {
      const { default: Keyv } = await import('keyv')
      const { KeyvCacheableMemory } = await import('cacheable')
      const keyv = new Keyv({ store: new KeyvCacheableMemory({ lruSize: 10_000 }) })
      for (const key of KEYS) await keyv.set(key, BUFFER)
      return turn => keyv.get(keyAt(turn))
    }),
    peer('unstorage overlay', 'not copied (raw item)', async () => {
      const storage = await overlaid(BYTES)
      return turn => storage.getItemRaw(keyAt(turn))
    }),
    peer('bentocache', '', async () => {
      const { BentoCache, bentostore } = await import('bentocache')
      const { memoryDriver } = await import('bentocache/drivers/memory')
      const store = bentostore().useL1Layer(memoryDriver({ maxItems: 10_000 }))
      const cache = new BentoCache({ default: 'memory', stores: { memory: store } })
      for (const key of KEYS) await cache.set({ key, value: BYTES })
      return (turn: number) => cache.get({ key: keyAt(turn) })
    }),
  ]
}

function hitsByReference(): Entry[] {
  const user = { name: 'Ann', city: 'Bergen', year: 2026 }
  const map = () => new Map(KEYS.map(key => [key, user]))
  return [
    raw('fromMap', () => {
      const store = fromMap(map())
      return turn => store.get(keyAt(turn))
    }),
    ours('cached, near a map', async () => {
      const store = cached(fromMap(map()), { near: fromMap() })
      for (const key of KEYS) await store.get(key)
      return turn => store.get(keyAt(turn))
    }),
  ]
}

async function overlaid(value: Uint8Array) {
  const { createStorage } = await import('unstorage')
  const { default: overlay } = await import('unstorage/drivers/overlay')
  const { default: memoryDriver } = await import('unstorage/drivers/memory')
  const storage = createStorage({ driver: overlay({ layers: [memoryDriver(), memoryDriver()] }) })
  for (const key of KEYS) await storage.setItemRaw(key, value)
  return storage
}

/** Each turn forgets the key, and lets many ask for it at once. */
function misses(): Entry[] {
  const all = (ask: () => Promise<unknown>) => Promise.all(Array.from({ length: MISSES }, ask))
  return [
    raw('one promise in a Map', () => {
      const running = new Map<string, Promise<Uint8Array>>()
      const load = async () => {
        await null
        return BYTES
      }
      const get = async (key: string) => {
        let promise = running.get(key)
        if (promise === undefined) {
          promise = load().finally(() => running.delete(key))
          running.set(key, promise)
        }
        return new Uint8Array(await promise)
      }
      return () => all(() => get('a'))
    }),
    ours('cached', async () => {
      const source = memory()
      await source.set('a', BYTES)
      const store = cached(source)
      return async () => {
        await store.forget('a')
        await all(() => store.get('a'))
      }
    }),
    peer('cacheable', 'getOrSet', async () => {
      const { Cacheable } = await import('cacheable')
      const cache = new Cacheable()
      return async () => {
        await cache.delete('a')
        await all(() => cache.getOrSet('a', async () => BYTES))
      }
    }),
  ]
}

function memoized(): Entry[] {
  const work = async (key: string) => key.length
  return [
    raw('async function over Map', () => {
      const map = new Map(KEYS.map(key => [key, key.length]))
      const get = async (key: string) => map.get(key) ?? (await work(key))
      return turn => get(keyAt(turn))
    }),
    ours('memoize', () => {
      const memo = memoize(work, { max: 10_000 })
      return turn => memo(keyAt(turn))
    }),
    peer('cacheable', 'wrap', async () => {
      const { Cacheable } = await import('cacheable')
      const wrapped = new Cacheable().wrap(work, { keyPrefix: 'work' })
      return turn => wrapped(keyAt(turn))
    }),
  ]
}

/** So many layers of one kind on a filled memory. */
async function stacked(count: number, layer: (store: Bytes) => Bytes): Promise<Bytes> {
  let store: Bytes = await filled(memory())
  for (let index = 0; index < count; index++) store = layer(store)
  return await warm(store)
}

function stacks(layer: (store: Bytes) => Bytes): Entry[] {
  return [
    raw('one', async () => {
      const store = await stacked(1, layer)
      return turn => store.get(keyAt(turn))
    }),
    ours('ten', async () => {
      const store = await stacked(10, layer)
      return turn => store.get(keyAt(turn))
    }),
  ]
}

function tenCaches(): Entry[] {
  return [
    ...stacks(store => cached(store)),
    peer('ten lists of keys', 'what reads pass through', async () => {
      const store = await stacked(10, below => pipe(below, cachedKeys()))
      return turn => store.get(keyAt(turn))
    }),
  ]
}

function tenBuffers(): Entry[] {
  return stacks(store => buffered(store))
}

function bounded(): Entry[] {
  return [
    raw('memory', async () => {
      const store = await filled(memory())
      return turn => store.get(keyAt(turn))
    }),
    ours('memory, bounded', async () => {
      const store = await filled(memory({ maxEntries: 10_000, maxBytes: 1e9 }))
      return turn => store.get(keyAt(turn))
    }),
    peer('memory, expiring', 'a header of eight bytes', async () => {
      const store = await filled(pipe(memory(), expiring({ ttl: 3_600_000 })))
      return turn => store.get(keyAt(turn))
    }),
  ]
}
