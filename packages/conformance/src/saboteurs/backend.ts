import { createStore } from '@kvdol/core'
import type { Clause } from '../contract.ts'
import type { ByteStore } from '../subject.ts'
import { eventual } from './eventual.ts'
import { assertTaken, honest, store } from './honest.ts'
import { lyingDriver, type Saboteur, saboteur } from './saboteur.ts'

const pause = (milliseconds = 1) => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Clauses whose cases look at listings. */
const EVERYTHING_LISTED: readonly Clause[] = [
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
  'D6',
  'L1',
  'L3',
  'L4',
  'L5',
  'L7',
  'L8',
  'L9',
  'L10',
  'L11',
  'L12',
  'C3',
  'S1',
  'T4',
  'T6',
  'T7',
  'T8',
  'T12',
  'M1',
  'N1',
  'N4',
  'N5',
  'N7',
  'N8',
  'N9',
  'W9',
  'W10',
  'W17',
  'N2',
]

/** Drivers that are wrong where a backend is slow, refuses, answers in two parts or late. */
export const backendSaboteurs: readonly Saboteur[] = [
  lyingDriver('declares an atomic batch over single writes of long values', ['W13'], ['C5'], (_, place) => ({
    async setMany(batch) {
      for (const [key] of batch) assertTaken(place, key)
      for (const [key, value] of batch) {
        // Short values fit into one packet, and arrive together.
        if (value.byteLength > 1000) await pause()
        store(place, key, value)
      }
    },
  })),
  lyingDriver('leaves what came before the entry that fails', ['W13'], [], driver => ({
    async setMany(batch) {
      for (const [key, value] of batch) await driver.set(key, value, {})
    },
  })),
  lyingDriver('empties a value before the backend takes the new one', ['W3'], ['W13'], (driver, place) => ({
    set(key, value, options) {
      if (place.refused.has(key)) place.entries.delete(key)
      return driver.set(key, value, options)
    },
  })),
  lyingDriver('asks for the size and for the etag', ['W14'], ['R8', 'M2', 'W10'], driver => ({
    async stat(key, options) {
      const first = await driver.stat(key, options)
      await pause(0)
      const second = await driver.stat(key, options)
      return first && second && { ...first, etag: second.etag as string }
    },
  })),
  saboteur('writes in place what only others see', ['W2'], ['N1', 'R7', 'R8'], place => {
    const driver = honest(place)
    const own = new Map<string, Uint8Array>()
    return createStore({
      ...driver,
      get: (key, options) => own.get(key)?.slice() ?? driver.get(key, options),
      async set(key, value, options) {
        if (value.byteLength < 1000 || place.refused.has(key)) return driver.set(key, value, options)
        own.set(key, value)
        try {
          await driver.set(key, value.slice(0, value.byteLength >> 1), options)
          await pause()
          await driver.set(key, value, {})
        } finally {
          own.delete(key)
        }
      },
    }) as ByteStore
  }),
  saboteur('settles later than it declares', ['N3', 'R7'], EVERYTHING_LISTED, place =>
    eventual(place, 300, 20),
  ),
  saboteur('declares no deadline', ['N3'], [], place => eventual(place, 0, 0)),
  lyingDriver('waits for its backend without a turn of the event loop', ['N10'], [], (driver, place) => ({
    get(key, options) {
      // As a function that ends in Sync does.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, place.slow)
      return driver.get(key, options)
    },
  })),
]
