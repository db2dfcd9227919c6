import { StoreError } from '@kvdol/core'
import { lyingDriver, lyingStore, type Saboteur } from './saboteur.ts'

/** Drivers that delete too much, too little, or the wrong thing. */
export const deletingSaboteurs: readonly Saboteur[] = [
  lyingDriver(
    'rejects when there is nothing to delete',
    ['D1'],
    ['D2', 'M1', 'M2', 'W16', 'N10'],
    (driver, { entries }) => ({
      delete(key, options) {
        if (!entries.has(key) && options.ifMatch === undefined)
          throw new StoreError('NotFound', 'nothing to delete')
        return driver.delete(key, options)
      },
    }),
  ),
  lyingDriver('deletes the folder of the same name', ['D2'], ['K8', 'L4', 'M1'], (driver, { entries }) => ({
    delete(key, options) {
      for (const other of [...entries.keys()]) if (other.startsWith(`${key}/`)) entries.delete(other)
      return driver.delete(key, options)
    },
  })),
  lyingDriver(
    'deletes everything with this beginning',
    ['D2'],
    ['K8', 'D3', 'L1', 'L3', 'L4', 'L8', 'M1', 'D6'],
    (driver, { entries }) => ({
      delete(key, options) {
        for (const other of [...entries.keys()])
          if (other.startsWith(key) && other !== key) entries.delete(other)
        return driver.delete(key, options)
      },
    }),
  ),
  lyingDriver('deletes what a pattern matches', ['D2'], [], (driver, { entries }) => ({
    delete(key, options) {
      if (key === '*' || key.endsWith('*'))
        for (const other of [...entries.keys()]) if (other.startsWith(key.slice(0, -1))) entries.delete(other)
      return driver.delete(key, options)
    },
  })),
  lyingDriver(
    'deletes nothing',
    ['D3'],
    [
      'K6',
      'K8',
      'R2',
      'R7',
      'W8',
      'W9',
      'W10',
      'W13',
      'D1',
      'D2',
      'D4',
      'L1',
      'L3',
      'L8',
      'C5',
      'T4',
      'M1',
      'M2',
      'N1',
      'N7',
      'N12',
      'D6',
      'K7',
      'N3',
    ],
    () => ({ delete: () => {} }),
  ),
  lyingDriver('leaves the etag of a deleted value', ['D3'], ['M1', 'D6', 'R7'], (driver, { entries }) => {
    const graves = new Set<string>()
    return {
      delete(key, options) {
        if (entries.has(key)) graves.add(key)
        return driver.delete(key, options)
      },
      async stat(key, options) {
        return (await driver.stat(key, options)) ?? (graves.has(key) ? { size: 0, etag: 'grave' } : undefined)
      },
    }
  }),
  lyingDriver('lists deleted keys', ['D3'], ['K6', 'R7', 'D1', 'M1', 'D6', 'K7'], (driver, { entries }) => {
    const graves = new Set<string>()
    return {
      delete(key, options) {
        if (key === 'key') graves.add(key)
        return driver.delete(key, options)
      },
      async *keys(options) {
        yield* driver.keys(options)
        for (const key of graves)
          if (!entries.has(key) && options.prefix === undefined && options.after === undefined) yield key
      },
    }
  }),
  lyingDriver('deletes at most 1,000 keys of a batch', ['D4'], [], driver => ({
    async deleteMany(keys, options) {
      for (const key of keys.slice(0, 999)) await driver.delete(key, options)
    },
  })),
  lyingDriver(
    'empties what is around it when it is cleared',
    ['D4'],
    ['T7', 'M1'],
    (driver, { outside }) => ({
      async deleteMany(keys, options) {
        outside.clear()
        for (const key of keys) await driver.delete(key, options)
      },
    }),
  ),
  lyingStore(
    'deletes everything in a batch',
    ['W13'],
    ['K1', 'K2', 'K3', 'K4', 'D3', 'L1', 'L8', 'L10', 'C5', 'M1', 'N9', 'D4'],
    store => ({
      async deleteMany(_, options) {
        const keys: string[] = []
        for await (const key of store.keys()) keys.push(key)
        await store.deleteMany(keys, options)
      },
    }),
  ),
]
