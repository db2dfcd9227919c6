import { isStoreError } from '@kvdol/core'
import { compareUtf8Bytes } from '../order.ts'
import { assertUp, type HonestDriver, listed, type Place } from './honest.ts'
import { lyingDriver, lyingStore, type Saboteur } from './saboteur.ts'

const turn = () => Promise.resolve()

/** Drivers that list wrongly. */
export const listingSaboteurs: readonly Saboteur[] = [
  lyingDriver('stops at 1,000 keys', ['L1'], ['D4', 'L11'], driver => ({
    async *keys(options) {
      let count = 0
      for await (const key of driver.keys(options)) if (count++ < 1000) yield key
    },
  })),
  lyingStore('repeats a key at every page', ['L1', 'N5'], ['K6', 'W8', 'L2', 'L3', 'L4', 'L5'], store => ({
    async *keys(options) {
      let count = 0
      for await (const key of store.keys(options)) {
        yield key
        if (++count % 100 === 0) yield key
      }
    },
  })),
  lyingDriver('lists keys that never were', ['L1'], ['L5', 'L11'], driver => ({
    async *keys(options) {
      let last: string | undefined
      for await (const key of driver.keys(options)) {
        last = key
        yield key
      }
      if (last?.startsWith('n/') && options.after === undefined) yield `${last}0ghost`
    },
  })),
  lyingDriver('counts the limit before the prefix', ['L1', 'M1'], [], driver => ({
    async *keys({ limit = Number.POSITIVE_INFINITY, prefix: _, ...options }) {
      let count = 0
      for await (const key of driver.keys(options)) if (count++ < limit) yield key
    },
  })),
  lyingDriver('sorts as JavaScript does', ['L2'], ['L6', 'L11', 'L12'], driver => ({
    keys: options => sorted(driver, options, (a, b) => (a < b ? -1 : 1)),
  })),
  lyingDriver('sorts as folders do', ['L2'], ['L6', 'L11', 'L12'], driver => ({
    keys: options =>
      sorted(driver, options, (a, b) => compareUtf8Bytes(a.replaceAll('/', '\0'), b.replaceAll('/', '\0'))),
  })),
  lyingDriver('does not sort', ['L2'], ['L4', 'M1', 'L11', 'L12'], (_, place) => ({
    keys: ({ prefix = '', after }) => unsorted(place, prefix, after),
  })),
  lyingDriver('lists what is added while it lists, without end', ['L3'], ['L7'], (driver, { entries }) => ({
    guarantees: { ...driver.guarantees, order: 'none' },
    async *keys() {
      for (const key of entries.keys()) yield key
    },
  })),
  lyingDriver('pages by number', ['L3'], ['D4', 'L10'], (_, place) => ({
    async *keys({ prefix = '', after }) {
      for (let start = 0; ; start += 50) {
        assertUp(place)
        const keys = [...place.entries.keys()].filter(
          key => key.startsWith(prefix) && (after === undefined || compareUtf8Bytes(key, after) > 0),
        )
        const page = keys.sort(compareUtf8Bytes).slice(start, start + 50)
        yield* page
        if (page.length < 50) return
      }
    },
  })),
  lyingDriver('fails when a listed key has vanished', ['L3'], ['L10'], (_, place) => ({
    async *keys({ prefix = '', after }) {
      assertUp(place)
      const keys = [...place.entries.keys()].filter(
        key => key.startsWith(prefix) && (after === undefined || compareUtf8Bytes(key, after) > 0),
      )
      for (const key of keys.sort(compareUtf8Bytes)) {
        if (!place.entries.has(key)) throw new RangeError('it was here a moment ago')
        await turn()
        yield key
      }
    },
  })),
  lyingStore('ignores after', ['L4'], [], store => ({
    keys(options) {
      if (options?.after === undefined) return store.keys(options)
      const { after: _, ...rest } = options
      return store.keys(rest)
    },
  })),
  lyingDriver('needs the key of after to live', ['L4'], ['M1', 'L12'], (driver, { entries }) => ({
    keys: options => (options.after === undefined || entries.has(options.after) ? driver.keys(options) : []),
  })),
  lyingDriver('keeps a handle for each listing that is left', ['L5'], [], (driver, place) => ({
    async *keys(options) {
      place.handles.open++
      yield* driver.keys(options)
      place.handles.open--
    },
  })),
  lyingStore('goes on with a listing that was left', ['L5'], [], store => ({
    keys(options) {
      const keys = store.keys(options)
      return {
        [Symbol.asyncIterator]() {
          const iterator = keys[Symbol.asyncIterator]()
          return { next: () => iterator.next(), return: async () => ({ done: true, value: undefined }) }
        },
      }
    },
  })),
  lyingDriver('lists everything before it gives the first key', ['L6'], [], driver => ({
    async *keys(options) {
      const keys: string[] = []
      for await (const key of driver.keys(options)) keys.push(key)
      yield* keys
    },
  })),
  lyingDriver('takes an error for the end of a listing', ['L7'], [], driver => ({
    async *keys(options) {
      try {
        yield* driver.keys(options)
      } catch (error) {
        if (!isStoreError(error, 'Unavailable')) throw error
      }
    },
  })),
  lyingDriver('counts replaced values again', ['L8'], [], (driver, place) => {
    return {
      size: () =>
        (driver.size({}) as number) + (place.clock > place.entries.size && place.entries.size === 37 ? 1 : 0),
    }
  }),
  lyingDriver('lists foreign entries', ['L9'], ['N4'], (driver, { foreign }) => ({
    async *keys(options) {
      yield* driver.keys(options)
      yield* foreign
    },
  })),
  lyingStore('gives entries without value', ['L10'], ['C3'], store => ({
    async *entries({ concurrency: _, ...options } = {}) {
      const keys: string[] = []
      for await (const key of store.keys(options)) keys.push(key)
      for (const key of keys) yield [key, (await store.get(key)) as Uint8Array]
    },
  })),
]

async function* sorted(
  driver: HonestDriver,
  options: Parameters<HonestDriver['keys']>[0],
  compare: (a: string, b: string) => number,
): AsyncGenerator<string, void, undefined> {
  const keys: string[] = []
  for await (const key of driver.keys(options)) keys.push(key)
  yield* keys.sort(compare)
}

function unsorted(
  place: Place,
  prefix: string,
  after: string | undefined,
): AsyncGenerator<string, void, undefined> {
  const keys = [...place.entries.keys()]
  const wanted = new Set(
    keys.filter(key => key.startsWith(prefix) && (after === undefined || compareUtf8Bytes(key, after) > 0)),
  )
  return (async function* () {
    for await (const _ of listed(place, () => false)) return
    for (const key of keys) if (wanted.has(key) && place.entries.has(key)) yield key
  })()
}
