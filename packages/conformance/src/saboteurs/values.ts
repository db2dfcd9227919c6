import { StoreError } from '@kvdol/core'
import { fromUtf8, utf8 } from '../bytes.ts'
import { store } from './honest.ts'
import { lyingDriver, lyingStore, type Saboteur } from './saboteur.ts'

/** Drivers that change values, and stores that share them. */
export const valueSaboteurs: readonly Saboteur[] = [
  lyingDriver(
    'takes an empty value for none',
    ['V1'],
    ['R2', 'W1', 'S3', 'M1', 'N2', 'N6', 'R8', 'W13', 'N1'],
    driver => ({
      async get(key, options) {
        const value = await driver.get(key, options)
        return value?.byteLength === 0 ? undefined : value
      },
    }),
  ),
  lyingDriver('keeps values as text', ['V2'], ['V3', 'V6', 'R4', 'R5', 'W1', 'S4', 'M1'], driver => ({
    set: (key, value, options) => driver.set(key, utf8(fromUtf8(value)), options),
  })),
  lyingDriver('translates line ends', ['V2'], ['V3', 'S4', 'N10', 'R5'], driver => ({
    set: (key, value, options) =>
      driver.set(
        key,
        value.filter((byte, index) => byte !== 13 || value[index + 1] !== 10),
        options,
      ),
  })),
  lyingDriver('loses the end of long values', ['V3'], ['C5', 'S4', 'W13', 'N4', 'R5'], (driver, place) => ({
    set: (key, value, options) => driver.set(key, value.subarray(0, 256 * 1024), options),
    setMany: entries => {
      for (const [key, value] of entries) store(place, key, value.subarray(0, 256 * 1024))
    },
  })),
  lyingStore('keeps the caller’s bytes', ['V4'], ['V7', 'N8'], store => ({
    set: (key, value, options) => store.set(key, value, { ...options, transfer: true }),
  })),
  lyingDriver('says that it copies and keeps the caller’s bytes', ['V4'], [], () => ({ copies: true })),
  lyingDriver('gives out the stored bytes', ['V5'], ['R1', 'C5'], (_, { entries }) => ({
    get: key => entries.get(key)?.value,
  })),
  lyingStore('stores the whole buffer of a view', ['V6'], ['V7'], store => ({
    set: (key, value, options) =>
      store.set(key, value instanceof Uint8Array ? new Uint8Array(value.buffer) : value, options),
  })),
  lyingStore('stores as many bytes as a view has elements', ['V6'], ['V7'], store => ({
    set: (key, value, options) =>
      store.set(
        key,
        ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.length ?? 0) : value,
        options,
      ),
  })),
  lyingStore('deletes when undefined is set', ['V7'], [], store => ({
    set: (key, value, options) => (value === undefined ? store.delete(key) : store.set(key, value, options)),
  })),
  lyingStore('encodes strings that nobody encoded', ['V7'], ['N3'], store => ({
    set: (key, value, options) => store.set(key, typeof value === 'string' ? utf8(value) : value, options),
  })),
  lyingDriver(
    'has a limit that it does not declare',
    ['V8'],
    ['V3', 'R5', 'S4', 'N2', 'N6', 'N1', 'N10'],
    driver => ({
      set(key, value, options) {
        if (value.byteLength > 70_000) throw new StoreError('TooLarge', 'over 70,000 bytes')
        return driver.set(key, value, options)
      },
    }),
  ),
  lyingDriver('stores an empty value before it refuses a long one', ['V8'], ['S4'], (driver, place) => ({
    guarantees: { ...driver.guarantees, maxValueBytes: 400_000 },
    async writeStream(key, chunks, options) {
      try {
        await driver.writeStream(key, chunks, options)
      } catch (error) {
        if (error instanceof StoreError && error.code === 'TooLarge') store(place, key, new Uint8Array())
        throw error
      }
    },
  })),
]
