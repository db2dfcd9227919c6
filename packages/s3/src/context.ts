import { type KnownStores, knownStores } from '@kvdol/core/adapter'
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

/** The drivers and stores of this package, without transforms. */
export const bucketStores: KnownStores<BucketContext> = knownStores('bucket() of @kvdol/s3')
