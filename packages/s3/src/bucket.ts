import type { ByteStore, WritesWith } from '@kvdol/core'
import { createStore } from '@kvdol/core/adapter'
import { type BucketContext, bucketStores, contextOf } from './context.ts'
import { bucketDriver } from './driver.ts'
import { type BucketOptions, bucketName, bucketSettings } from './options.ts'
import { linkTo } from './service/client.ts'
import { assertFits } from './service/connection.ts'
import type { BucketWriteOptions } from './writing/headers.ts'

/**
 * The objects of an S3 bucket, or those under a prefix, as a store. `size()` lists everything. The name may be the ARN
 * of an access point.
 *
 * Throws `TypeError` for bad options; touches nothing before the first call.
 *
 * @example
 * ```ts
 * const notes = pipe(bucket('media', { prefix: 'notes' }), textValues())
 * await notes.set('todo/monday.txt', 'water the plants')
 * ```
 */
export function bucket(name: string, options: BucketOptions = {}): BucketStore {
  const settings = bucketSettings('bucket', options)
  const { from, timeout } = settings
  const checked = bucketName('bucket', name)
  if ('target' in from) assertFits('bucket', from.target, checked)
  return storeOf(contextOf(checked, settings, linkTo(from, timeout)))
}

/** What {@link bucket} gives. */
export type BucketStore = ByteStore & WritesWith<string, Uint8Array, BucketWriteOptions>

/** The store over a bucket. */
export function storeOf(context: BucketContext): BucketStore {
  const driver = bucketStores.add(bucketDriver(context), context)
  return bucketStores.add(createStore(driver), context)
}
