import type { DriverWriteOptions, WritableDriver } from '@kvdol/core'
import { type LocatedDriver, prepared } from '@kvdol/core/adapter'
import type { BucketContext } from './context.ts'
import { errorOf } from './errors.ts'
import { guaranteesOf } from './guarantees.ts'
import { children } from './listing/children.ts'
import { keyPages } from './listing/pages.ts'
import { preparationOf } from './opening/preparation.ts'
import { hasObject, statObject } from './reading/head.ts'
import type { ObjectHeaders } from './reading/headers.ts'
import { getObject, getWithStat, lendChunks } from './reading/read-object.ts'
import { addressOf } from './service/address-of.ts'
import { headersFor, WRITE_OPTIONS } from './writing/headers.ts'
import { checkNesting, turnsOfNested } from './writing/nesting.ts'
import { PART, uploadParts } from './writing/parts.ts'
import { putObject } from './writing/put.ts'
import { removeObject, removeObjects } from './writing/remove.ts'
import { renameObject } from './writing/rename.ts'
import { writeObject } from './writing/stream.ts'

/** A driver over a bucket. Its methods get the names of objects, without the store's prefix. */
export function bucketDriver(context: BucketContext): WritableDriver<string, Uint8Array> {
  const { naming, settings, link } = context
  const hides = settings.keys === 'plain' && settings.service.nesting === 'hides'
  const unhidden = hides ? turnsOfNested() : <T>(_: string, write: () => Promise<T>) => write()
  const uploads = new Set<Promise<void>>()

  const driver: LocatedDriver<string, Uint8Array> = {
    name: 's3',
    guarantees: guaranteesOf(context),
    writeOptions: Object.keys(WRITE_OPTIONS),
    sharedRoot: settings.prefix === '' && !settings.allowClear,
    errorOf,
    secrets: () => link.secrets(),
    get: (name, options) => getObject(context, name, options),
    has: (name, options) => hasObject(context, name, options),
    stat: (name, options) => statObject(context, name, options),
    getWithStat: (name, options) => getWithStat(context, name, options),
    urlOf: (name, options) => addressOf(context, name, options),
    children: options => children(context, options),
    keyPages: options => keyPages(context, options),
    readStream: (name, range, options) => lendChunks(context, name, range, options),
    set: (name, value, options) =>
      guarded(name, options, headers =>
        value.byteLength > 2 * PART
          ? finishing(uploadParts(context, name, value, options, headers))
          : putObject(context, name, value, options, headers),
      ),
    writeStream: (name, chunks, options) =>
      guarded(name, options, headers => finishing(writeObject(context, name, chunks, options, headers))),
    delete: (name, options) => removeObject(context, name, options),
    ...(settings.service.batchDelete && {
      deleteMany: (names, options) => removeObjects(context, names, options),
    }),
    // Without a conditional delete a value that is written during the move could be lost.
    ...(settings.conditions.includes('deleteIfMatch') && {
      rename: (from, to, options) =>
        unhidden(to, async () => {
          if (hides) await checkNesting(context, to, options)
          return await renameObject(context, from, to, options)
        }),
    }),
    async close() {
      // What removes the parts of an upload that was aborted.
      await Promise.allSettled(uploads)
      await link.connected.close()
    },
  }
  return prepared(driver, { locate: naming.nameOf, preparation: preparationOf(context) })

  /** A write, after what is there was looked at, and with what is kept with the object. */
  async function guarded<T>(
    name: string,
    options: DriverWriteOptions,
    write: (headers: ObjectHeaders) => Promise<T>,
  ): Promise<T> {
    return await unhidden(name, async () => {
      const look = hides && checkNesting(context, name, options)
      const [headers] = await Promise.all([headersFor(context, name, options), look])
      return await write(headers)
    })
  }

  function finishing(upload: Promise<void>): Promise<void> {
    const finished = upload.finally(() => uploads.delete(finished))
    uploads.add(finished)
    return finished
  }
}
