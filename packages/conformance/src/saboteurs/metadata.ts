import type { DriverWriteOptions, Stat } from '@kvdol/core'
import type { HonestDriver, Place } from './honest.ts'
import { lyingDriver, type Saboteur } from './saboteur.ts'
import { keptAt, moved, statOf } from './ways-of-writing.ts'

/** Drivers that lose, keep or ignore what is told of a value. */
export const metadataSaboteurs: readonly Saboteur[] = [
  lyingDriver('keeps the first media type of a key', ['W16'], [], (driver, place) => {
    const types = keptAt<string>(place)
    const typed = withTypes(driver, place)
    return {
      ...typed,
      set(key, value, options) {
        const first = options.contentType === undefined ? undefined : types.get(key)
        return typed.set(key, value, first === undefined ? options : { ...options, contentType: first })
      },
    }
  }),
  lyingDriver('loses the media type when it renames', ['W16'], [], (driver, place) => ({
    ...withTypes(driver, place),
    rename: (from, to, options) => moved(place, from, to, options),
  })),
  lyingDriver('keeps the media type when a batch replaces the value', ['W16'], [], (driver, place) => ({
    ...withTypes(driver, place),
    setMany: driver.setMany,
  })),
  lyingDriver('takes an end and forgets it', ['W17'], [], () => ({ writeOptions: ['expiresAt'] })),
  lyingDriver('lists values after their end', ['W17'], [], (driver, place) => {
    const ends = keptAt<number>(place)
    const alive = (key: string) => (ends.get(key) ?? Number.POSITIVE_INFINITY) > Date.now()
    const write = (key: string, { expiresAt }: DriverWriteOptions) => {
      if (expiresAt === undefined) ends.delete(key)
      else ends.set(key, expiresAt)
    }
    return {
      writeOptions: ['expiresAt'],
      get: (key, options) => (alive(key) ? driver.get(key, options) : undefined),
      has: (key, options) => alive(key) && driver.has(key, options),
      stat(key, options): Stat | undefined {
        const [stat, expiresAt] = [statOf(driver, key, options), ends.get(key)]
        if (!alive(key)) return undefined
        return stat && expiresAt !== undefined ? { ...stat, expiresAt } : stat
      },
      async set(key, value, options) {
        if (!alive(key)) place.entries.delete(key)
        await driver.set(key, value, options)
        write(key, options)
      },
      async setMany(batch, options) {
        await driver.setMany(batch, options)
        for (const [key] of batch) ends.delete(key)
      },
      async writeStream(key, chunks, options) {
        await driver.writeStream(key, chunks, options)
        write(key, options)
      },
    }
  }),
]

type Typed = Pick<HonestDriver, 'set' | 'setMany' | 'stat' | 'writeStream'> & {
  readonly writeOptions: string[]
}

/** Keeps media types as it should be. */
function withTypes(driver: HonestDriver, place: Place): Typed {
  const types = keptAt<string>(place)
  const note = (key: string, type: string | undefined) => {
    if (type === undefined) types.delete(key)
    else types.set(key, type)
  }
  return {
    writeOptions: ['contentType'],
    set(key, value, options) {
      const setting = driver.set(key, value, options)
      note(key, options.contentType)
      return setting
    },
    setMany(batch, options) {
      void driver.setMany(batch, options)
      for (const [key] of batch) types.delete(key)
    },
    async writeStream(key, chunks, options) {
      await driver.writeStream(key, chunks, options)
      note(key, options.contentType)
    },
    stat(key, options) {
      const [stat, contentType] = [statOf(driver, key, options), types.get(key)]
      return stat && contentType !== undefined ? { ...stat, contentType } : stat
    },
  }
}
