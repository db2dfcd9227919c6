import { StoreError } from '@kvdol/core'
import { namingOf, type ObjectNaming } from './naming/naming.ts'
import type { Settings } from './options.ts'
import type { Link } from './service/client.ts'

/** What the parts of one store work with. */
export interface BucketContext {
  readonly bucket: string
  readonly settings: Settings
  readonly naming: ObjectNaming
  readonly link: Link
}

/** What a store of these settings works with. */
export function contextOf(bucket: string, settings: Settings, link: Link): BucketContext {
  const { keys, prefix, service } = settings
  return { bucket, settings, naming: namingOf(keys, prefix, service), link }
}

/** Bucket and name of an object, as every request needs them. */
export interface ObjectPlace {
  readonly Bucket: string
  readonly Key: string
}

/** Where the object of a name is. */
export function place({ bucket, settings }: BucketContext, name: string): ObjectPlace {
  return { Bucket: bucket, Key: settings.prefix + name }
}

const contexts = new WeakMap<object, BucketContext>()

/** Remembers what is behind a driver, and behind its store without transforms. */
export function remember(context: BucketContext, ...of: readonly object[]): void {
  for (const each of of) contexts.set(each, context)
}

/** What is behind a store without transforms; `undefined` for any other. */
export function contextBehind(store: object): BucketContext | undefined {
  return contexts.get(store)
}

/** What is behind a driver. Throws `Unsupported` for a driver of another kind. */
export function contextOfDriver(driver: object, op: string): BucketContext {
  const context = contexts.get(driver)
  if (context !== undefined) return context
  throw new StoreError('Unsupported', `${op} takes a store that bucket has made, also through transforms`)
}
