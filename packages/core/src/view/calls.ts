import { checkBytes, copyBytes } from '../check.ts'
import type { MaybePromise } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import type { DeleteOptions, ReadOptions, Stat, WriteOptions } from '../store.ts'
import { whenReady } from '../when-ready.ts'
import type { AnyView } from './any-view.ts'
import { hiddenKey } from './fold.ts'
import { pagesOf } from './listing.ts'
import { hidden } from './mapping.ts'
import { assertSupported } from './options.ts'

// What each method does with the driver, after `View.run` has looked at its options.

export function read<V>(
  { mapping, source }: AnyView,
  key: unknown,
  _: unknown,
  options: ReadOptions,
): MaybePromise<V | undefined> {
  return mapping.read(key, source.fetch, options)
}

export function readOrThrow<V>(
  view: AnyView,
  key: unknown,
  _: unknown,
  options: ReadOptions,
): MaybePromise<V> {
  return whenReady(read<V>(view, key, undefined, options), value => {
    if (value === undefined) throw new StoreError('NotFound', 'there is no such key')
    return value
  })
}

/** Whether there is a value; none is decoded. */
export function has(
  { mapping, source: { driver } }: AnyView,
  key: unknown,
  _: unknown,
  options: ReadOptions,
): MaybePromise<boolean> {
  const inner = mapping.encode(key)
  if (inner === hidden) return false
  return driver.has?.(inner, options) ?? whenReady(driver.get(inner, options), value => value !== undefined)
}

export function stat(
  { mapping, source: { driver } }: AnyView,
  key: unknown,
  _: unknown,
  options: ReadOptions,
): MaybePromise<Stat | undefined> {
  const inner = mapping.encode(key)
  if (inner === hidden) return undefined
  if (driver.stat !== undefined) return driver.stat(inner, options)
  return whenReady(driver.get(inner, options), value => {
    if (value === undefined) return undefined
    return value instanceof Uint8Array ? { size: value.byteLength } : {}
  })
}

export async function size(view: AnyView, _: unknown, __: unknown, options: ReadOptions): Promise<number> {
  const { driver } = view.source
  let count = 0
  if (!view.mapping.total) for await (const _ of view.keys(options)) count++
  else if (driver.size !== undefined) return await driver.size(options)
  else for await (const page of pagesOf(view, 'size', options)) count += page.length
  return count
}

export function set(view: AnyView, key: unknown, value: unknown, options: WriteOptions): MaybePromise<void> {
  assertWrite(view, 'set', key, options)
  return view.mapping.write(key, own(view, value, options, true), view.source.put, options)
}

export function remove(view: AnyView, key: unknown, _: unknown, options: DeleteOptions): MaybePromise<void> {
  assertWrite(view, 'delete', key, options)
  return view.source.driver.delete?.(visible(view, key), options)
}

/**
 * Refuses a write that the store cannot do: on a store that can only be read, or under a condition that it cannot keep.
 * An illegal key is refused before either, and only then looked at here; else encoding it for the driver tells.
 */
export function assertWrite(view: AnyView, op: string, key: unknown, options: WriteOptions): void {
  const { ifAbsent, ifMatch } = options
  if (view.mapping.writable && ifAbsent === undefined && ifMatch === undefined) return
  view.mapping.encode(key)
  assertWritable(view)
  assertSupported(view.source.guarantees, op, options)
}

export function assertWritable({ mapping }: AnyView): void {
  if (!mapping.writable) throw new StoreError('ReadOnly', 'this store can only be read')
}

/** The error to tell: an illegal key comes before an illegal value, whichever was found first. */
export function refusal({ mapping }: AnyView, key: unknown, error: unknown): unknown {
  if (!isStoreError(error, 'InvalidValue')) return error
  try {
    mapping.encode(key)
    return error
  } catch (refused) {
    return refused
  }
}

/** The driver's key, for a write. */
export function visible({ mapping }: AnyView, key: unknown): unknown {
  const inner = mapping.encode(key)
  if (inner === hidden) throw hiddenKey()
  return inner
}

/**
 * The value to store, which nobody else can change any more. `atOnce`: it goes to the driver before the caller's code
 * runs again.
 */
export function own(
  { mapping, source: { driver } }: AnyView,
  value: unknown,
  { transfer }: WriteOptions,
  atOnce: boolean,
): unknown {
  if (value === undefined)
    throw new StoreError('InvalidValue', 'undefined is not a value; to remove one, use delete')
  const bytes = value instanceof Uint8Array || (mapping.plain && driver.valueType !== 'any')
  if (!bytes || transfer) return value
  const lent = atOnce && mapping.plain && driver.copies && checkBytes(value).byteLength > 0
  // Bytes of a detached buffer look like none, and copying tells.
  return lent ? value : copyBytes(value)
}
