import { StoreError } from '@kvdol/core'
import { store } from './honest.ts'
import { lyingDriver, type Saboteur } from './saboteur.ts'

/** Drivers that do not see, or see in part, that something else lies under a key. */
export const foreignSaboteurs: readonly Saboteur[] = [
  lyingDriver('replaces what lies under its keys and is not its own', ['N4'], [], (driver, place) => ({
    set(key, value, options) {
      if (!place.foreign.has(key)) return driver.set(key, value, options)
      store(place, key, value)
    },
  })),
  lyingDriver('has what it cannot read', ['N4'], [], (driver, { foreign }) => ({
    has: (key, options) => foreign.has(key) || driver.has(key, options),
  })),
  lyingDriver('lists what it takes for absent', ['N4'], ['L9', 'N5'], (driver, { foreign }) => ({
    async *keys(options) {
      yield* driver.keys(options)
      if (!options.prefix) for (const key of foreign) if (!options.after) yield key
    },
    size: options => (driver.size(options) as number) + foreign.size,
  })),
  lyingDriver(
    'refuses to read one by one what it leaves out of many',
    ['N4'],
    ['N2'],
    (driver, { foreign }) => {
      const refuse = (key: string) => {
        if (foreign.has(key)) throw new StoreError('Incompatible', 'this is no value')
      }
      return {
        get(key, options) {
          refuse(key)
          return driver.get(key, options)
        },
        getMany: async (keys, options) =>
          await Promise.all(keys.map(async key => await driver.get(key, options))),
      }
    },
  ),
]
