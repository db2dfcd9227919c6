import type { DriverListOptions, DriverMethods, Failures } from '../driver.ts'
import { isStoreError, type StoreError } from '../error.ts'
import type { DriverMethod } from '../methods.ts'
import { readStream } from '../operations/read-stream.ts'
import { rename } from '../operations/rename.ts'
import { writeStream } from '../operations/write-stream.ts'
import type { AnyStore } from '../store.ts'

/** Every method that a driver can have, answered by a store. */
export function belowMethods(store: AnyStore): Pick<DriverMethods<unknown, unknown>, DriverMethod> {
  return {
    get: (key, options) => store.get(key, options),
    has: (key, options) => store.has(key, options),
    stat: (key, options) => store.stat(key, options),
    size: options => store.size(options),
    keys: options => store.keys(options as object),
    async *keyPages(options) {
      for await (const key of store.keys(options as object)) yield [key]
    },
    async *entryPages(options: DriverListOptions<unknown>) {
      for await (const entry of store.entries(options as object)) yield [entry]
    },
    async getMany(keys, options) {
      const values: unknown[] = []
      for await (const [, value] of store.getMany(keys, options)) values.push(value)
      return values
    },
    // The store over this one has made its copy already.
    set: (key, value, options) => store.set(key, value, { ...options, transfer: true }),
    delete: (key, options) => store.delete(key, options),
    setMany: (entries, options) =>
      failuresOf(store.setMany(entries, { ...options, transfer: true } as object)),
    deleteMany: (keys, options) => failuresOf(store.deleteMany(keys, options)),
    readStream: (key, range, options) => readStream(store, key, { ...range, ...options }),
    writeStream: (key, chunks, options) => writeStream(store, key, chunks, options),
    async rename(from, to, options) {
      try {
        await rename(store, from, to, options)
        return true
      } catch (error) {
        if (isStoreError(error, 'NotFound')) return false
        throw error
      }
    },
  }
}

/** What failed in a batch of the store, as a driver tells it. */
async function failuresOf(batch: Promise<void>): Promise<Failures<unknown> | undefined> {
  try {
    await batch
    return undefined
  } catch (error) {
    const { failures } = error as StoreError
    if (failures === undefined) throw error
    return failures
  }
}
