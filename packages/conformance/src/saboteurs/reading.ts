import { isStoreError, type Range } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import type { Place } from './honest.ts'
import { lyingDriver, lyingStore, type Saboteur } from './saboteur.ts'

/** Drivers that read wrongly. */
export const readingSaboteurs: readonly Saboteur[] = [
  lyingDriver('answers undefined when the backend fails', ['R1'], ['C5'], (driver, place) => ({
    get: (key, options) => (place.down ? undefined : driver.get(key, options)),
  })),
  lyingStore('getOrThrow gives undefined', ['R1'], ['C5'], store => ({
    getOrThrow: async (key, options) => (await store.get(key, options)) as Uint8Array,
  })),
  lyingDriver('has answers false when the backend fails', ['R2'], ['C5'], (driver, place) => ({
    has: (key, options) => !place.down && driver.has(key, options),
  })),
  lyingDriver('has means a key with this beginning', ['R2'], ['K5', 'C5', 'M1', 'N2'], (_, { entries }) => ({
    has: key => [...entries.keys()].some(other => other.startsWith(key)),
  })),
  lyingDriver('stat counts one byte too many', ['R3'], ['V1', 'R7', 'W7', 'M1', 'N2', 'R8'], driver => ({
    async stat(key, options) {
      const stat = await driver.stat(key, options)
      return stat && { ...stat, size: (stat.size ?? 0) + 1 }
    },
  })),
  lyingDriver('has one etag for all', ['R3'], ['W14'], driver => ({
    guarantees: { ...driver.guarantees, conditions: [] },
    stat: async (key, options) => {
      const stat = await driver.stat(key, options)
      return stat && { ...stat, etag: 'tag' }
    },
  })),
  lyingDriver('has an etag that depends on the size', ['R3'], [], driver => ({
    guarantees: { ...driver.guarantees, conditions: [] },
    stat: async (key, options) => {
      const stat = await driver.stat(key, options)
      return stat && { ...stat, etag: `size-${stat.size}` }
    },
  })),
  lyingDriver('has a new etag at every look', ['R3'], ['N1', 'R8', 'R7'], (driver, place) => ({
    guarantees: { ...driver.guarantees, conditions: [] },
    stat: async (key, options) => {
      const stat = await driver.stat(key, options)
      return stat && { ...stat, etag: `look-${++place.clock}` }
    },
  })),
  ranging('takes the end of a range inclusive', ['R4', 'R5'], ['R1', 'C5', 'N2'], (start, end) => [
    start,
    end + 1,
  ]),
  ranging(
    'fills short ranges up',
    ['R4'],
    ['R1', 'R5', 'C5', 'M1', 'N2'],
    (start, end) => [start, end],
    range => (!('suffix' in range) && range.end ? range.end - (range.start ?? 0) : 0),
  ),
  ranging('is one byte off behind 65,535', ['R5'], ['R1', 'C5'], (start, end) =>
    start > 65_535 ? [start - 1, end - 1] : [start, end],
  ),
  lyingDriver('gives nothing for a range behind the end', ['R4'], ['N2'], driver => ({
    async readStream(key, range, options) {
      try {
        return await driver.readStream(key, range, options)
      } catch (error) {
        if (isStoreError(error, 'RangeNotSatisfiable')) return none()
        throw error
      }
    },
  })),
  lyingDriver('gives what is left of a damaged value', ['R6'], [], (driver, { entries }) => ({
    get: (key, options) =>
      entries.get(key)?.damaged ? entries.get(key)?.value.slice(0, 10) : driver.get(key, options),
  })),
  lyingDriver(
    'reads through a cache that writes do not clear',
    ['R7'],
    [
      'K10',
      'V6',
      'R2',
      'W1',
      'W2',
      'W3',
      'W9',
      'W10',
      'W14',
      'D3',
      'C3',
      'S1',
      'S5',
      'M1',
      'M2',
      'N1',
      'R8',
      'W13',
      'C1',
    ],
    (driver, place) => {
      const cache = cacheOf(place)
      return {
        async get(key, options) {
          if (!cache.has(key)) cache.set(key, await driver.get(key, options))
          return cache.get(key)?.slice()
        },
      }
    },
  ),
  lyingDriver(
    'has a cache that another instance does not clear',
    ['R7'],
    ['M2', 'R8', 'W14', 'W2'],
    driver => {
      const cache = new Map<string, Uint8Array | undefined>()
      return {
        async get(key, options) {
          if (!cache.has(key)) cache.set(key, await driver.get(key, options))
          return cache.get(key)?.slice()
        },
        ...clearing(driver, key => cache.delete(key)),
      }
    },
  ),
  lyingDriver(
    'lists a write one listing later',
    ['R7'],
    [
      'K1',
      'K2',
      'K3',
      'K4',
      'K6',
      'K8',
      'K10',
      'K11',
      'K12',
      'K13',
      'K14',
      'K15',
      'V1',
      'W1',
      'W2',
      'W7',
      'W8',
      'W13',
      'D2',
      'D3',
      'D4',
      'D5',
      'L1',
      'L3',
      'L4',
      'L7',
      'L9',
      'L10',
      'C1',
      'C3',
      'S1',
      'T8',
      'T12',
      'M1',
      'N2',
      'N5',
      'N7',
      'N8',
      'N9',
      'N1',
      'D6',
      'L11',
      'L12',
      'N3',
      'N4',
    ],
    (driver, { entries }) => {
      let before: string[] = []
      return {
        keys(options) {
          const shown = before
          before = [...entries.keys()].sort()
          return options.prefix === undefined && shown.length < 3 ? shown : driver.keys(options)
        },
      }
    },
  ),
]

type Edges = (start: number, end: number) => [start: number, end: number]

function ranging(
  name: string,
  breaks: Saboteur['breaks'],
  touches: Saboteur['touches'],
  edges: Edges,
  pad: (range: Range) => number = () => 0,
): Saboteur {
  return lyingDriver(name, breaks, touches, (driver, { entries }) => ({
    readStream(key, range, options) {
      const value = entries.get(key)?.value
      if (range === undefined || value === undefined) return driver.readStream(key, range, options)
      const { start, end } = resolveRange(range, value.byteLength)
      const [from, to] = end > start ? edges(start, end) : [start, end]
      const bytes = value.slice(from, to)
      const padded = new Uint8Array(Math.max(bytes.byteLength, Math.min(pad(range), 10_000)))
      padded.set(bytes)
      return one(padded)
    },
  }))
}

const caches = new WeakMap<Place, Map<string, Uint8Array | undefined>>()

function cacheOf(place: Place): Map<string, Uint8Array | undefined> {
  const cache = caches.get(place) ?? new Map<string, Uint8Array | undefined>()
  caches.set(place, cache)
  return cache
}

function clearing(
  driver: Parameters<Parameters<typeof lyingDriver>[3]>[0],
  forget: (key: string) => void,
): ReturnType<Parameters<typeof lyingDriver>[3]> {
  return {
    async set(key, value, options) {
      await driver.set(key, value, options)
      forget(key)
    },
    async delete(key, options) {
      await driver.delete(key, options)
      forget(key)
    },
    async setMany(entries, options) {
      await driver.setMany(entries, options)
      for (const [key] of entries) forget(key)
    },
    async writeStream(key, chunks, options) {
      await driver.writeStream(key, chunks, options)
      forget(key)
    },
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

async function* none(): AsyncGenerator<Uint8Array, void, undefined> {}
