import type { BucketClient } from './client.ts'
import type { Naming } from './naming.ts'
import type { Settings } from './options.ts'

/** What the parts of one store work with. */
export interface Context {
  readonly bucket: string
  readonly settings: Settings
  readonly naming: Naming
  readonly client: BucketClient
  /** What no message and no cause may tell. */
  readonly secrets: readonly string[]
}

/** Bucket and name of the object of a key, as every request needs them. */
export interface ObjectPlace {
  readonly Bucket: string
  readonly Key: string
}

/** Where the object of a name is. */
export function place({ bucket, settings }: Context, name: string): ObjectPlace {
  return { Bucket: bucket, Key: settings.prefix + name }
}
