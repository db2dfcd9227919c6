import { createStore, type Store } from '@kvdol/core'
import { openClient } from './client.ts'
import { contextOf } from './context-of.ts'
import { contexts } from './contexts.ts'
import { bucketDriver } from './driver.ts'
import { type BucketOptions, bucketName, settingsOf } from './options.ts'

/**
 * The objects of an S3 bucket, or those under a prefix, as a store. `size()` lists everything.
 *
 * Throws `TypeError` for bad options; touches nothing before the first call.
 *
 * @example
 * ```ts
 * const notes = pipe(bucket('media', { prefix: 'notes' }), textValues())
 * await notes.set('todo/monday.txt', 'water the plants')
 * ```
 */
export function bucket(name: string, options: BucketOptions = {}): Store<string, Uint8Array> {
  const settings = settingsOf('bucket', options)
  const { from } = settings
  const opened = 'target' in from ? openClient(from.target, settings.timeout) : { ...from, secrets: [] }
  const context = contextOf(bucketName('bucket', name), settings, opened)
  const driver = bucketDriver(context, 'close' in opened ? opened.close : undefined)
  const store = createStore(driver)
  contexts.add(context, driver, store)
  return store
}
