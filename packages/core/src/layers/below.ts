import type { Child, DriverListOptions, DriverMethods, Failures } from '../driver.ts'
import { isStoreError, type StoreError } from '../error.ts'
import { type DriverMethod, METHODS } from '../methods.ts'
import { batch } from '../operations/batch.ts'
import { children } from '../operations/children.ts'
import { getWithStat } from '../operations/get-with-stat.ts'
import { pathOf } from '../operations/path-of.ts'
import { readStream } from '../operations/read-stream.ts'
import { remove as removeKey } from '../operations/remove.ts'
import { rename } from '../operations/rename.ts'
import { urlOf } from '../operations/url-of.ts'
import { watch } from '../operations/watch.ts'
import { writeStream } from '../operations/write-stream.ts'
import type { AnyStore, WriteOptions } from '../store.ts'
import type { AnyView, Work } from '../view/any-view.ts'
import { atOnce } from '../view/at-once.ts'
import { assertWrite, has, read, remove, stat } from '../view/calls.ts'
import { pagesOf } from '../view/listing.ts'
import { viewBehind } from '../view/over.ts'

/** Every method that a driver can have, answered by a store: at once where its driver answers at once. */
export function belowMethods(store: AnyStore): Pick<DriverMethods<unknown, unknown>, DriverMethod> {
  const view = viewBehind(store)
  const bare = isBareLayer(view)
  const [get, set] = bare ? [readBare, writeBare] : [read, handOn]
  return noted({
    get: bareMethod(view, 'get') ?? ((key, options) => atOnce(view, 'get', key, undefined, options, get)),
    has: bareMethod(view, 'has') ?? ((key, options) => atOnce(view, 'has', key, undefined, options, has)),
    stat: (key, options) => atOnce(view, 'stat', key, undefined, options, stat),
    size: options => store.size(options),
    keys: options => store.keys(options as object),
    keyPages: options => pagesOf(view, 'keys', options as object),
    async *entryPages(options: DriverListOptions<unknown>) {
      for await (const entry of store.entries(options as object)) yield [entry]
    },
    async getMany(keys, options) {
      const values: unknown[] = []
      for await (const [, value] of store.getMany(keys, options)) values.push(value)
      return values
    },
    set: bareMethod(view, 'set') ?? ((key, value, options) => atOnce(view, 'set', key, value, options, set)),
    delete:
      bareMethod(view, 'delete') ??
      ((key, options) => atOnce(view, 'delete', key, undefined, options, remove)),
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
    getWithStat: (key, options) => getWithStat(store, key, options),
    async *children({ prefix, signal }) {
      for await (const child of children(store, prefix as string | undefined, { signal }))
        yield [child as Child<never>]
    },
    batch: (changes, options) => failuresOf(batch(store, changes, options)),
    remove: (key, options) => removeKey(store, key, options),
    watch: ({ prefix, signal }) => ({
      [Symbol.asyncIterator]() {
        const changes = watch(store, { prefix: prefix as never, signal })[Symbol.asyncIterator]()
        return {
          async next(): Promise<IteratorResult<readonly unknown[], undefined>> {
            const { done, value } = await changes.next()
            return done ? { done, value: undefined } : { done: false, value: [value.key] }
          },
          async return(): Promise<IteratorResult<readonly unknown[], undefined>> {
            await changes.return?.()
            return { done: true, value: undefined }
          },
        }
      },
    }),
    pathOf: (key, options) => pathOf(store, key, options),
    urlOf: (key, options) => urlOf(store, key, options),
  })
}

const handedOn = new WeakSet<object>()
const layerDrivers = new WeakSet<object>()

/** Notes the driver of a layer, whose keys and values have been looked at by whoever calls it. */
export function layerDriver<D extends object>(driver: D): D {
  layerDrivers.add(driver)
  return driver
}

/** A layer that no transform lies over. */
function isBareLayer({ steps, source }: AnyView): boolean {
  return steps.length === 0 && layerDrivers.has(source.driver)
}

/**
 * A method of a bare layer, called without the store around it: what fails is told by the store at the top, and what the
 * layer hands on itself is looked at by the one below. Layers that hold something wait for their calls.
 */
function bareMethod<M extends 'get' | 'has' | 'set' | 'delete'>(
  view: AnyView,
  method: M,
): DriverMethods<unknown, unknown>[M] | undefined {
  const { driver } = view.source
  const way = driver[method]
  if (way === undefined || !isBareLayer(view) || driver.close !== undefined) return undefined
  const next = way as (a: unknown, b: unknown, c: unknown) => unknown
  const looksAtWrites = METHODS[method].writes && !isHandedOn(way)
  return ((a: unknown, b: unknown, c: unknown) => {
    view.assertOpen()
    if (looksAtWrites) assertWrite(view, method, a, (method === 'set' ? c : b) as WriteOptions)
    return next(a, b, c)
  }) as DriverMethods<unknown, unknown>[M]
}

const readBare: Work<unknown> = ({ source }, key, _, options) => source.driver.get(key, options)

const writeBare: Work<void> = (view, key, value, options) => {
  assertWrite(view, 'set', key, options)
  return view.source.driver.set?.(key, value, options)
}

function noted<T extends object>(methods: T): T {
  for (const way of Object.values(methods)) handedOn.add(way as object)
  return methods
}

/** Whether a method of a layer's driver is the store's below, handed on as it is. */
export function isHandedOn(way: object): boolean {
  return handedOn.has(way)
}

/** Stores a value of which the store over this one has made its copy already. */
const handOn: Work<void> = (view, key, value, options) => {
  assertWrite(view, 'set', key, options)
  return view.mapping.write(key, value, view.source.put, options)
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
