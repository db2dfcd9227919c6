import type { DriverListOptions } from '@kvdol/core'
import { watchers } from '@kvdol/core/adapter'
import { compareUtf8Bytes } from '../order.ts'
import { levelOf } from './further-methods.ts'
import { assertUp, type HonestDriver, type Place } from './honest.ts'
import { lyingDriver, type Saboteur } from './saboteur.ts'
import { keptAt } from './ways-of-writing.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/** How many keys a page has. */
const PAGE = 100

/** Drivers one of whose paths to values, keys or changes is not like the others. */
export const pathSaboteurs: readonly Saboteur[] = [
  lyingDriver('gives one page where a limit is longer', ['L1'], ['L11', 'D4'], driver => ({
    async *keys(options) {
      const limit = Math.min(options.limit ?? Number.POSITIVE_INFINITY, PAGE)
      let given = 0
      for await (const key of driver.keys(options)) {
        if (options.limit !== undefined && given++ >= limit) return
        yield key
      }
    },
  })),
  lyingDriver('leaves out the first entry of each further page', ['L1'], ['N2'], driver => ({
    async *entryPages(options) {
      let count = 0
      for await (const key of driver.keys(options)) {
        if (count++ > 0 && count % PAGE === 1) continue
        const value = await driver.get(key, options)
        if (value !== undefined) yield [[key, value]]
      }
    },
  })),
  lyingDriver('turns each page round, and not the listing', ['L11'], [], (driver, place) => ({
    guarantees: { ...driver.guarantees, reverse: true },
    *keys(options) {
      const keys = within(place, options)
      for (let start = 0; start < keys.length; start += PAGE) {
        const page = keys.slice(start, start + PAGE)
        yield* options.reverse ? page.reverse() : page
      }
    },
  })),
  lyingDriver('counts the key of before', ['L11'], [], (driver, place) => ({
    guarantees: { ...driver.guarantees, reverse: true },
    keys({ before, ...options }) {
      const keys = within(place, options).filter(
        key => before === undefined || compareUtf8Bytes(key, before) < (options.reverse ? 1 : 0),
      )
      return (options.reverse ? keys.reverse() : keys).slice(0, options.limit)
    },
  })),
  lyingDriver('reads many values from a cache', ['R7'], ['M1', 'N9', 'W2', 'W13'], (driver, place) => {
    const cache = keptAt<Uint8Array | undefined>(place)
    return {
      async getMany(keys, options) {
        assertUp(place)
        for (const key of keys) if (!cache.has(key)) cache.set(key, await driver.get(key, options))
        return keys.map(key => cache.get(key)?.slice())
      },
    }
  }),
  lyingDriver('lists values from a cache', ['R7'], ['W2', 'D3', 'L1', 'L10'], (driver, place) => {
    const cache = keptAt<Uint8Array>(place)
    return {
      async *entryPages(options) {
        for await (const key of driver.keys(options)) {
          const value = cache.get(key) ?? (await driver.get(key, options))
          if (value === undefined) continue
          cache.set(key, value)
          yield [[key, value.slice()]]
        }
      },
    }
  }),
  lyingDriver('lists a level from a cache', ['R7'], [], (_, place) => {
    const cache = keptAt<ReturnType<typeof levelOf>>(place)
    return {
      async *children({ prefix = '' }) {
        assertUp(place)
        const level = cache.get(prefix) ?? levelOf(place, prefix)
        cache.set(prefix, level)
        yield level
      },
    }
  }),
  lyingDriver('asks for the sizes before the values', ['W2'], ['N1'], (_, place) => ({
    async getMany(keys) {
      assertUp(place)
      const sizes = keys.map(key => place.entries.get(key)?.value.byteLength)
      await turn()
      return keys.map((key, index) =>
        sizes[index] === undefined ? undefined : place.entries.get(key)?.value.slice(0, sizes[index]),
      )
    },
  })),
  lyingDriver('is one byte off behind 261,120', ['R5'], [], driver => ({
    readStream(key, range, options) {
      const { start = 0, ...rest } = (range ?? {}) as { start?: number }
      const off = start > 261_119 && range !== undefined
      return driver.readStream(key, off ? { ...rest, start: start - 1 } : range, options)
    },
  })),
  lyingDriver('cuts values at 1 MiB', ['V3'], [], driver => ({
    set: (key, value, options) => driver.set(key, value.slice(0, 2 ** 20), options),
  })),
  lyingDriver('leaves open what it has opened', ['C1'], [], (_, { handles }) => {
    handles.open++
    return {}
  }),
  lyingDriver('closes what other stores use', ['C1'], ['N11', 'M1'], (_, place) => ({
    close() {
      place.down = true
    },
  })),
  lyingDriver('tells of what has not changed', ['N13'], [], (driver, place) => {
    const { tell, watch } = watchersOf(place)
    return {
      ...telling(driver, place),
      watch,
      set(key, value, options) {
        tell(`${key} or another`)
        const setting = driver.set(key, value, options)
        tell(key)
        return setting
      },
    }
  }),
  lyingDriver('tells of no stream', ['N13'], [], (driver, place) => ({
    ...telling(driver, place),
    writeStream: driver.writeStream,
  })),
  lyingDriver('tells of its own changes alone', ['N13'], [], driver => telling(driver)),
]

/** The keys of a listing that runs forwards, in their order. */
function within(place: Place, { prefix = '', after, from, before }: DriverListOptions<string>): string[] {
  assertUp(place)
  return [...place.entries.keys()]
    .filter(
      key =>
        key.startsWith(prefix) &&
        (after === undefined || compareUtf8Bytes(key, after) > 0) &&
        (from === undefined || compareUtf8Bytes(key, from) >= 0) &&
        (before === undefined || compareUtf8Bytes(key, before) < 0),
    )
    .sort(compareUtf8Bytes)
}

const watching = new WeakMap<Place, ReturnType<typeof watchers<string>>>()

function watchersOf(place: Place): ReturnType<typeof watchers<string>> {
  const found = watching.get(place) ?? watchers<string>()
  watching.set(place, found)
  return found
}

/** Tells of changes as it should be: of those of all stores on a place, unless there is none. */
function telling(driver: HonestDriver, place?: Place) {
  const { tell, watch } = place === undefined ? watchers<string>() : watchersOf(place)
  return {
    watch,
    set(key, value, options) {
      const setting = driver.set(key, value, options)
      tell(key)
      return setting
    },
    setMany(batch, options) {
      void driver.setMany(batch, options)
      for (const [key] of batch) tell(key)
    },
    delete(key, options) {
      void driver.delete(key, options)
      tell(key)
    },
    async writeStream(key, chunks, options) {
      await driver.writeStream(key, chunks, options)
      tell(key)
    },
  } satisfies Partial<HonestDriver>
}
