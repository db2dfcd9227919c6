import { StoreError } from '@kvdol/core'
import { lyingDriver, lyingStore, type Saboteur } from './saboteur.ts'

/** Drivers that delete too much, too little, or the wrong thing. */
export const deletingSaboteurs: readonly Saboteur[] = [
  lyingDriver('rejects when there is nothing to delete', ['D1'], [], (driver, { entries }) => ({
    delete(key, options) {
      if (!entries.has(key) && options.ifMatch === undefined) throw new StoreError('NotFound', 'nothing to delete')
      return driver.delete(key, options)
    },
  })),
  lyingDriver('deletes the folder of the same name', ['D2'], [], (driver, { entries }) => ({
    delete(key, options) {
      for (const other of [...entries.keys()]) if (other.startsWith(`${key}/`)) entries.delete(other)
      return driver.delete(key, options)
    },
  })),
  lyingDriver('deletes everything with this beginning', ['D2'], [], (driver, { entries }) => ({
    delete(key, options) {
      for (const other of [...entries.keys()]) if (other.startsWith(key) && other !== key) entries.delete(other)
      return driver.delete(key, options)
    },
  })),
  lyingDriver('deletes what a pattern matches', ['D2'], [], (driver, { entries }) => ({
    delete(key, options) {
      if (key === '*' || key.endsWith('*')) for (const other of [...entries.keys()]) if (other.startsWith(key.slice(0, -1))) entries.delete(other)
      return driver.delete(key, options)
    },
  })),
  lyingDriver('deletes nothing', ['D3'], [], () => ({ delete: () => {} })),
  lyingDriver('leaves the etag of a deleted value', ['D3'], [], (driver, { entries }) => {
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
  lyingDriver('lists deleted keys', ['D3'], [], (driver, { entries }) => {
    const graves = new Set<string>()
    return {
      delete(key, options) {
        if (key === 'key') graves.add(key)
        return driver.delete(key, options)
      },
      async *keys(options) {
        yield* driver.keys(options)
        for (const key of graves) if (!entries.has(key) && options.prefix === undefined && options.after === undefined) yield key
      },
    }
  }),
  lyingDriver('deletes at most 1,000 keys of a batch', ['D4'], [], (driver) => ({
    async deleteMany(keys, options) {
      for (const key of keys.slice(0, 999)) await driver.delete(key, options)
    },
  })),
  lyingDriver('empties what is around it when it is cleared', ['D4'], [], (driver, { outside }) => ({
    async deleteMany(keys, options) {
      outside.clear()
      for (const key of keys) await driver.delete(key, options)
    },
  })),
  lyingStore('deletes everything in a batch', ['D4'], [], store => ({
    async deleteMany(_, options) {
      const keys: string[] = []
      for await (const key of store.keys()) keys.push(key)
      await store.deleteMany(keys, options)
    },
  })),
]
