import { isStoreError, StoreError } from '@kvdol/core'
import { assertCondition, store } from './honest.ts'
import { lyingDriver, lyingStore, type Saboteur } from './saboteur.ts'

const turn = () => Promise.resolve()
const pause = () => new Promise(resolve => setTimeout(resolve))

/** Drivers that write wrongly. */
export const writingSaboteurs: readonly Saboteur[] = [
  lyingDriver(
    'leaves the rest of a longer value',
    ['W1'],
    ['K13', 'V1', 'V6', 'R3', 'R7', 'W2', 'W10', 'W14', 'C3', 'M1', 'N2', 'N12'],
    (driver, { entries }) => ({
      set(key, value, options) {
        const old = entries.get(key)?.value ?? new Uint8Array()
        const kept = old.slice(0, Math.max(old.byteLength, value.byteLength))
        const merged = new Uint8Array(Math.max(kept.byteLength, value.byteLength))
        merged.set(kept)
        merged.set(value)
        return driver.set(key, merged, options)
      },
    }),
  ),
  lyingDriver(
    'keeps the first value',
    ['W1'],
    [
      'K13',
      'V1',
      'V6',
      'R3',
      'R7',
      'W2',
      'W3',
      'W9',
      'W10',
      'W14',
      'C3',
      'C5',
      'S4',
      'M1',
      'M2',
      'N1',
      'N2',
      'N7',
      'N12',
      'R8',
      'C1',
      'N3',
    ],
    (driver, { entries }) => ({
      set: (key, value, options) => (entries.has(key) ? undefined : driver.set(key, value, options)),
    }),
  ),
  lyingDriver('writes in two halves', ['W2'], ['W3'], (driver, place) => ({
    async set(key, value, options) {
      assertCondition(place.entries.get(key), options)
      const old = place.entries.get(key)?.value
      if (old !== undefined && value.byteLength > 2000) {
        const half = value.slice()
        half.set(old.subarray(0, value.byteLength >> 1), value.byteLength >> 1)
        store(place, key, half)
        await pause()
      }
      return driver.set(key, value, {})
    },
  })),
  lyingDriver(
    'deletes before it writes',
    ['W2'],
    ['W9', 'W10', 'M2', 'N1', 'N12', 'W3'],
    (driver, { entries }) => ({
      async set(key, value, options) {
        assertCondition(entries.get(key), options)
        entries.delete(key)
        await turn()
        await turn()
        return driver.set(key, value, {})
      },
    }),
  ),
  lyingDriver('forgets the old value when a write is aborted', ['W3'], [], (driver, { entries }) => ({
    async set(key, value, options) {
      if (options.signal !== undefined) await pause()
      if (options.signal?.aborted) entries.delete(key)
      else return driver.set(key, value, options)
    },
  })),
  lyingDriver('mixes writes that meet', ['W7'], ['W8', 'W9', 'W10', 'N2'], driver => {
    let [started, length] = [0, 0]
    return {
      async set(key, value, options) {
        length = value.byteLength
        // The first to come is the last to write, with the length of another.
        for (let turns = (started++ * 7) % 50; turns < 50; turns++) await turn()
        const mixed = new Uint8Array(length)
        mixed.set(value.subarray(0, length))
        return driver.set(key, mixed, options)
      },
    }
  }),
  lyingDriver('removes folders that were empty a moment ago', ['W8'], [], (driver, { entries }) => ({
    async delete(key, options) {
      const folder = key.slice(0, key.lastIndexOf('/') + 1)
      const empty =
        folder !== '' && ![...entries.keys()].some(other => other !== key && other.startsWith(folder))
      await driver.delete(key, options)
      if (empty) for (const other of entries.keys()) if (other.startsWith(folder)) entries.delete(other)
    },
  })),
  lyingDriver('ignores ifAbsent', ['W9'], ['W10', 'M1', 'N1', 'N2', 'N12', 'N3'], driver => ({
    set: (key, value, { ifAbsent: _, ...options }) => driver.set(key, value, options),
  })),
  lyingDriver(
    'looks first and writes then for ifAbsent',
    ['W9'],
    ['W10', 'N1', 'N12'],
    (driver, { entries }) => ({
      async set(key, value, { ifAbsent, ...options }) {
        if (ifAbsent) assertCondition(entries.get(key), { ifAbsent })
        await turn()
        return driver.set(key, value, options)
      },
    }),
  ),
  lyingDriver(
    'takes an empty value for absent in ifAbsent',
    ['W9'],
    ['M1', 'N2', 'N1'],
    (driver, { entries }) => ({
      set: (key, value, { ifAbsent, ...options }) =>
        driver.set(
          key,
          value,
          ifAbsent && entries.get(key)?.value.byteLength !== 0 ? { ...options, ifAbsent } : options,
        ),
    }),
  ),
  lyingDriver('ignores ifMatch', ['W10'], ['M1', 'R8', 'R3'], driver => ({
    set: (key, value, { ifMatch: _, ...options }) => driver.set(key, value, options),
  })),
  lyingDriver('looks first and writes then for ifMatch', ['W10'], [], (driver, { entries }) => ({
    async set(key, value, { ifMatch, ...options }) {
      if (ifMatch !== undefined) assertCondition(entries.get(key), { ifMatch })
      await turn()
      return driver.set(key, value, options)
    },
  })),
  lyingDriver('creates with ifMatch', ['W10'], [], (driver, { entries }) => ({
    set: (key, value, { ifMatch, ...options }) =>
      driver.set(key, value, entries.has(key) && ifMatch !== undefined ? { ...options, ifMatch } : options),
  })),
  lyingDriver('ignores the condition of delete', ['W10'], ['M1', 'N1', 'D6'], driver => ({
    delete: key => driver.delete(key, {}),
  })),
  lyingDriver('ignores conditions in streams', ['W9', 'W10'], ['N2'], driver => ({
    writeStream: (key, chunks, { ifAbsent: _, ifMatch: __, ...options }) =>
      driver.writeStream(key, chunks, options),
  })),
  lyingStore('ignores options that it does not know', ['W12'], ['C9', 'N8', 'W16'], store => ({
    set: (key, value, { signal, ifAbsent } = {}) =>
      store.set(key, value, { ...(signal && { signal }), ...(ifAbsent === true && { ifAbsent }) }),
  })),
  lyingStore('emulates ifAbsent that it does not declare', ['W12'], [], store => ({
    async set(key, value, { ifAbsent, ...options } = {}) {
      if (ifAbsent === true && (await store.has(key)))
        throw new StoreError('Conflict', 'there is a value', { key, op: 'set', store: 'lying' })
      return await store.set(key, value, options)
    },
  })),
  lyingDriver('applies an atomic batch in two halves', ['W13'], [], driver => ({
    async setMany(batch, options) {
      await driver.setMany(batch.slice(0, batch.length / 2), options)
      await pause()
      await driver.setMany(batch.slice(batch.length / 2), options)
    },
  })),
  lyingDriver(
    'stops a batch at the first error, without telling',
    ['W13'],
    ['K10', 'D3', 'L1', 'L3', 'L4', 'L5', 'L7', 'L8', 'L10', 'C3', 'M1', 'N2', 'N6', 'L12', 'L11', 'W9'],
    driver => ({
      guarantees: { ...driver.guarantees, batchAtomic: false },
      setMany: (batch, options) => driver.setMany(batch.slice(0, 1), options),
    }),
  ),
  lyingStore('hides what failed in a batch', ['W13'], ['K1', 'K2', 'K3', 'K4', 'C5'], store => ({
    setMany: (entries, options) =>
      store.setMany(entries, options).catch(error => {
        if (!isStoreError(error, 'InvalidKey')) throw error
      }),
  })),
  lyingDriver('writes the size later than the value', ['W14'], ['W2'], (driver, place) => {
    let size = 0
    return {
      async set(key, value, options) {
        size = place.entries.get(key)?.value.byteLength ?? value.byteLength
        await driver.set(key, value, options)
        if (key === 'torn') await pause()
        size = value.byteLength
      },
      async stat(key, options) {
        const stat = await driver.stat(key, options)
        return stat && key === 'torn' ? { ...stat, size } : stat
      },
    }
  }),
]
