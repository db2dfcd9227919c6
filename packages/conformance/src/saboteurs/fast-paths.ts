import type { Driver } from '@kvdol/core'
import { assertCondition, type Place, store } from './honest.ts'
import { lyingDriver, type Saboteur } from './saboteur.ts'

const pause = () => new Promise(resolve => setTimeout(resolve))

/** Drivers with a method that does not give what the other methods give. */
export const fastPathSaboteurs: readonly Saboteur[] = [
  lyingDriver('copies instead of renaming', ['N1', 'N2'], [], (driver, place) => ({
    rename: (from, to, options) =>
      moved(place, from, to, options, entry => {
        void driver.set(to, entry, {})
      }),
  })),
  lyingDriver('deletes before it stores when it renames', ['N1'], ['W9'], (driver, place) => ({
    rename: (from, to, options) =>
      moved(place, from, to, options, async value => {
        await driver.delete(from, {})
        await pause()
        await driver.set(to, value, {})
      }),
  })),
  lyingDriver('loses what is written while it renames', ['N1'], ['W9'], (driver, place) => ({
    rename: (from, to, options) =>
      moved(place, from, to, options, async value => {
        await Promise.resolve()
        await driver.set(to, value, {})
        await driver.delete(from, {})
      }),
  })),
  lyingDriver('deletes what is renamed onto itself', ['N1', 'N2'], [], (driver, place) => ({
    rename(from, to, options) {
      const entry = place.entries.get(from)
      if (entry === undefined) return false
      assertCondition(place.entries.get(to), options)
      store(place, to, entry.value)
      void driver.delete(from, {})
      return true
    },
  })),
  lyingDriver('replaces a value when it renames with ifAbsent', ['N1', 'N2'], ['W9'], (driver, place) => ({
    rename: (from, to) =>
      moved(place, from, to, {}, value => {
        store(place, to, value)
        void driver.delete(from, {})
      }),
  })),
  lyingDriver(
    'creates an empty value when there is nothing to rename',
    ['N1', 'N2'],
    [],
    (driver, place) => ({
      rename(from, to, options) {
        assertCondition(place.entries.get(to), options)
        const value = place.entries.get(from)?.value ?? new Uint8Array()
        if (from === to) return true
        store(place, to, value)
        void driver.delete(from, {})
        return true
      },
    }),
  ),
  lyingDriver(
    'has says that a folder is a key',
    ['N2'],
    ['R2', 'K5', 'D2', 'D3', 'M1'],
    (driver, { entries }) => ({
      has: (key, options) =>
        driver.has(key, options) ||
        (key === 'deep/er' && [...entries.keys()].some(each => each.startsWith('deep/er/'))),
    }),
  ),
  lyingDriver('stat rounds the size of long values', ['N2'], ['R3', 'V3', 'W14'], driver => ({
    async stat(key, options) {
      const stat = await driver.stat(key, options)
      return stat && key === 'deep/er/key' ? { ...stat, size: 65_536 } : stat
    },
  })),
  lyingDriver(
    'size counts an empty value not at all',
    ['N2'],
    ['L8', 'R7', 'M1', 'V1'],
    (_, { entries }) => ({
      size: () => [...entries].filter(([key, { value }]) => key !== 'a/b' || value.byteLength > 0).length,
    }),
  ),
  lyingDriver(
    'getMany answers in the order of the backend',
    ['N2'],
    ['K10', 'W13', 'M1'],
    (driver, { entries }) => ({
      getMany(keys, options) {
        const found = [...entries.keys()].filter(key => keys.includes(key))
        return Promise.all(keys.map((_, index) => driver.get(found[index] ?? '', options)))
      },
    }),
  ),
  lyingDriver(
    'entries leave out empty values',
    ['N2'],
    ['K10', 'V1', 'L10', 'M1'],
    (driver, { entries }) => ({
      async *entryPages(options) {
        for await (const key of driver.keys(options)) {
          const value = entries.get(key)?.value.slice()
          if (value !== undefined && value.byteLength > 0) yield [[key, value]]
        }
      },
    }),
  ),
  lyingDriver(
    'a page ends one key too early',
    ['N2'],
    ['K6', 'L1', 'L2', 'L3', 'L4', 'L6', 'W8', 'M1', 'L11'],
    driver => ({
      async *keyPages(options) {
        const keys: string[] = []
        for await (const key of driver.keys(options)) keys.push(key)
        yield keys.filter((key, index) => index + 1 < keys.length || key !== '😀')
      },
    }),
  ),
  lyingDriver('a batch leaves out empty values', ['N2'], ['V1', 'M1', 'N6', 'W13'], driver => ({
    setMany: (batch, options) =>
      void driver.setMany(
        batch.filter(([key, value]) => key !== 'empty' || value.byteLength > 0),
        options,
      ),
  })),
  lyingDriver(
    'a batch deletes what begins with one of its keys',
    ['N2'],
    ['D2', 'D4', 'K8', 'M1', 'T7'],
    (driver, { entries }) => ({
      deleteMany(keys, options) {
        for (const key of keys)
          for (const other of [...entries.keys()])
            if (other === key || other.startsWith(`${key}/`)) void driver.delete(other, options)
      },
    }),
  ),
  lyingDriver(
    'a suffix that is too long gives nothing',
    ['N2'],
    ['R4', 'R5', 'M1', 'N6'],
    (driver, { entries }) => ({
      readStream(key, range, options) {
        const size = entries.get(key)?.value.byteLength ?? 0
        const longer = range !== undefined && 'suffix' in range && range.suffix > size
        return longer
          ? driver.readStream(key, { suffix: 0 }, options)
          : driver.readStream(key, range, options)
      },
    }),
  ),
  lyingDriver('a stream of nothing stores nothing', ['N2'], ['V1', 'S3', 'S5', 'M1'], (driver, place) => ({
    async writeStream(key, chunks, options) {
      const before = place.entries.get(key)
      await driver.writeStream(key, chunks, options)
      if (place.entries.get(key)?.value.byteLength !== 0) return
      if (before === undefined) place.entries.delete(key)
      else place.entries.set(key, before)
    },
  })),
]

/** What a sound `rename` does before and after it moves. */
async function moved(
  { entries }: Place,
  from: string,
  to: string,
  options: Parameters<NonNullable<Driver['rename']>>[2],
  move: (value: Uint8Array) => unknown,
): Promise<boolean> {
  const entry = entries.get(from)
  if (entry === undefined) return false
  assertCondition(entries.get(to), options)
  if (from !== to) await move(entry.value)
  return true
}
