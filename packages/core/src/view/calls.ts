import { checkBytes, copyBytes } from '../check.ts'
import type { MaybePromise } from '../driver.ts'
import { StoreError } from '../error.ts'
import type { DeleteOptions, ReadOptions, Stat, WriteOptions } from '../store.ts'
import { whenReady } from '../when-ready.ts'
import { hiddenKey } from './fold.ts'
import { hidden } from './mapping.ts'
import type { AnyView } from './view.ts'

// What each method does with the driver, after `View.run` has looked at its options.

export function read<V>(
  { mapping, source }: AnyView,
  key: unknown,
  _: unknown,
  options: ReadOptions,
): MaybePromise<V | undefined> {
  return mapping.read(key, source.fetch, options)
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
  if (driver.size !== undefined && view.mapping.total) return await driver.size(options)
  let count = 0
  for await (const _ of view.keys(options)) count++
  return count
}

export function set(view: AnyView, key: unknown, value: unknown, options: WriteOptions): MaybePromise<void> {
  assertWritable(view)
  return view.mapping.write(key, own(view, value, options, true), view.source.put, options)
}

export function remove(view: AnyView, key: unknown, _: unknown, options: DeleteOptions): MaybePromise<void> {
  assertWritable(view)
  return view.source.driver.delete?.(visible(view, key), options)
}

export function assertWritable({ mapping }: AnyView): void {
  if (!mapping.writable) throw new StoreError('ReadOnly', 'this store can only be read')
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
