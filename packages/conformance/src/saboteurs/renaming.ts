import type { Driver } from '@kvdol/core'
import type { HonestDriver } from './honest.ts'

/** A driver that takes some keys for others. */
export function renaming(driver: HonestDriver, rename: (key: string) => string): Partial<Driver> {
  return {
    get: (key, options) => driver.get(rename(key), options),
    has: (key, options) => driver.has(rename(key), options),
    stat: (key, options) => driver.stat(rename(key), options),
    set: (key, value, options) => driver.set(rename(key), value, options),
    setMany: (entries, options) =>
      driver.setMany(
        entries.map(([key, value]) => [rename(key), value]),
        options,
      ),
    delete: (key, options) => driver.delete(rename(key), options),
    readStream: (key, range, options) => driver.readStream(rename(key), range, options),
    writeStream: (key, chunks, options) => driver.writeStream(rename(key), chunks, options),
  }
}
