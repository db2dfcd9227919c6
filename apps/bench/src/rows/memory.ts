import { fromMap, memory } from '@kvdol/core'
import { type Entry, ours, peer, raw } from '../entry.ts'
import type { Row } from '../row.ts'
import { timedRow } from '../timed-row.ts'

interface User {
  readonly name: string
  readonly city: string
  readonly year: number
}

const BUDGET = 2
const KEYS = Array.from({ length: 1024 }, (_, index) => `users/department-7/user-${10_000 + index}`)
const USER: User = { name: 'Ann', city: 'Bergen', year: 2026 }
const BYTES = new Uint8Array(1024).fill(7)
const BUFFER = Buffer.from(BYTES)

/** Reading and writing in memory: values by reference, and bytes that are copied in and out. */
export const memoryRows: readonly Row[] = [
  timedRow('memory get, by reference', BUDGET, getByReference),
  timedRow('memory set, by reference', BUDGET, setByReference),
  timedRow('memory get, 1 KB copied out', BUDGET, getCopied),
  timedRow('memory set, 1 KB copied in', BUDGET, setCopied),
]

/** Each turn takes another key. */
const keyAt = (turn: number): string => KEYS[turn & 1023]!

function mapOf<V>(value: V): Map<string, V> {
  return new Map(KEYS.map(key => [key, value]))
}

function getByReference(): Entry[] {
  return [
    raw('async function over Map', () => {
      const map = mapOf(USER)
      const get = async (key: string) => map.get(key)
      return turn => get(keyAt(turn))
    }),
    ours('fromMap', () => {
      const store = fromMap(mapOf(USER))
      return turn => store.get(keyAt(turn))
    }),
    peer('unstorage', 'by reference (raw item)', async () => {
      const storage = await filledUnstorage(USER)
      return turn => storage.getItemRaw(keyAt(turn))
    }),
    peer('unstorage', 'JSON text', async () => {
      const storage = await filledUnstorage(JSON.stringify(USER))
      return turn => storage.getItem(keyAt(turn))
    }),
    peer('keyv', 'JSON text', async () => {
      const keyv = await filledKeyv(USER)
      return turn => keyv.get(keyAt(turn))
    }),
    peer('cacheable', 'own copy', async () => {
      const cache = await filledCacheable(USER)
      return turn => cache.get(keyAt(turn))
    }),
  ]
}

function setByReference(): Entry[] {
  return [
    raw('async function over Map', () => {
      const map = mapOf(USER)
      const set = async (key: string, value: User) => void map.set(key, value)
      return turn => set(keyAt(turn), USER)
    }),
    ours('fromMap', () => {
      const store = fromMap(mapOf(USER))
      return turn => store.set(keyAt(turn), USER)
    }),
    peer('unstorage', 'by reference (raw item)', async () => {
      const storage = await filledUnstorage(USER)
      return turn => storage.setItemRaw(keyAt(turn), USER)
    }),
    peer('unstorage', 'JSON text', async () => {
      const storage = await filledUnstorage(JSON.stringify(USER))
      return turn => storage.setItem(keyAt(turn), USER)
    }),
    peer('keyv', 'JSON text', async () => {
      const keyv = await filledKeyv(USER)
      return turn => keyv.set(keyAt(turn), USER)
    }),
    peer('cacheable', 'own copy', async () => {
      const cache = await filledCacheable(USER)
      return turn => cache.set(keyAt(turn), USER)
    }),
  ]
}

function getCopied(): Entry[] {
  return [
    raw('async function over Map, copying', () => {
      const map = mapOf(BYTES)
      const get = async (key: string) => {
        const value = map.get(key)
        return value && new Uint8Array(value)
      }
      return turn => get(keyAt(turn))
    }),
    ours('memory', async () => {
      const store = memory()
      await store.setMany(mapOf(BYTES))
      return turn => store.get(keyAt(turn))
    }),
    peer('unstorage', 'not copied (raw item)', async () => {
      const storage = await filledUnstorage(BYTES)
      return turn => storage.getItemRaw(keyAt(turn))
    }),
    peer('keyv', 'base64 in JSON text', async () => {
      const keyv = await filledKeyv(BUFFER)
      return turn => keyv.get(keyAt(turn))
    }),
    peer('cacheable', 'own copy', async () => {
      const cache = await filledCacheable(BYTES)
      return turn => cache.get(keyAt(turn))
    }),
  ]
}

function setCopied(): Entry[] {
  return [
    raw('async function over Map, copying', () => {
      const map = mapOf(BYTES)
      const set = async (key: string, value: Uint8Array) => void map.set(key, new Uint8Array(value))
      return turn => set(keyAt(turn), BYTES)
    }),
    ours('memory', async () => {
      const store = memory()
      await store.setMany(mapOf(BYTES))
      return turn => store.set(keyAt(turn), BYTES)
    }),
    peer('unstorage', 'not copied (raw item)', async () => {
      const storage = await filledUnstorage(BYTES)
      return turn => storage.setItemRaw(keyAt(turn), BYTES)
    }),
    peer('keyv', 'base64 in JSON text', async () => {
      const keyv = await filledKeyv(BUFFER)
      return turn => keyv.set(keyAt(turn), BUFFER)
    }),
    peer('cacheable', 'own copy', async () => {
      const cache = await filledCacheable(BYTES)
      return turn => cache.set(keyAt(turn), BYTES)
    }),
  ]
}

async function filledUnstorage(value: unknown) {
  const { createStorage } = await import('unstorage')
  const storage = createStorage()
  for (const key of KEYS) await storage.setItemRaw(key, value)
  return storage
}

async function filledKeyv(value: unknown) {
  const { default: Keyv } = await import('keyv')
  const keyv = new Keyv()
  for (const key of KEYS) await keyv.set(key, value)
  return keyv
}

async function filledCacheable(value: unknown) {
  const { Cacheable } = await import('cacheable')
  const cache = new Cacheable()
  for (const key of KEYS) await cache.set(key, value)
  return cache
}
