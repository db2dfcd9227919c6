import type { Driver, DriverWriteOptions, Failures, ReadOptions } from '@kvdol/core'
import type { Context } from './context.ts'
import { getObject } from './get.ts'
import { guaranteesOf } from './guarantees.ts'
import { listPages } from './list.ts'
import { checkNesting } from './nesting.ts'
import { preparation } from './prepare.ts'
import { hasObject, statObject } from './read.ts'
import { readChunks } from './read-chunks.ts'
import { removeObject, removeObjects } from './remove.ts'
import { renameObject } from './rename.ts'
import { PART, uploadParts } from './upload-parts.ts'
import { putObject } from './write.ts'
import { writeObject } from './write-stream.ts'

/** A driver over a bucket, and what remains to be done when its store is closed. */
export function bucketDriver(
  context: Context,
  close: (() => void) | undefined,
): Driver<string, Uint8Array> & Required<Pick<Driver, 'set' | 'delete'>> {
  const { naming, settings } = context
  const { reading, writing } = preparation(context)
  const hides = settings.keys === 'plain' && settings.service.nesting === 'hides'
  const uploads = new Set<Promise<void>>()

  return {
    name: 's3',
    guarantees: guaranteesOf(context),
    sharedRoot: settings.prefix === '' && !settings.allowClear,
    async get(key, options) {
      const name = naming.nameOf(key)
      await reading()
      return await getObject(context, name, options)
    },
    async has(key, options) {
      const name = naming.nameOf(key)
      await reading()
      return await hasObject(context, name, options)
    },
    async stat(key, options) {
      const name = naming.nameOf(key)
      await reading()
      return await statObject(context, name, options)
    },
    async size(options) {
      let count = 0
      for await (const page of pages(options)) count += page.length
      return count
    },
    async *keys(options) {
      for await (const page of pages(options)) yield* page
    },
    keyPages: pages,
    async readStream(key, range, options) {
      const name = naming.nameOf(key)
      await reading()
      return (await readChunks(context, name, range, options))?.chunks
    },
    async set(key, value, options) {
      const name = naming.nameOf(key)
      await guarded(name, options, () =>
        value.byteLength > 2 * PART
          ? finishing(uploadParts(context, name, value, options))
          : putObject(context, name, value, options),
      )
    },
    async writeStream(key, chunks, options) {
      const name = naming.nameOf(key)
      await guarded(name, options, () => finishing(writeObject(context, name, chunks, options)))
    },
    async delete(key, options) {
      const name = naming.nameOf(key)
      await writing()
      await removeObject(context, name, options)
    },
    ...(settings.service.batchDelete && { deleteMany }),
    async rename(from, to, options) {
      const [source, target] = [naming.nameOf(from), naming.nameOf(to)]
      return await guarded(target, options, () => renameObject(context, source, target, options))
    },
    async close() {
      // What removes the parts of an upload that was aborted.
      await Promise.allSettled(uploads)
      close?.()
    },
  }
  async function* pages(options: Parameters<typeof listPages>[1]): AsyncGenerator<string[], void, undefined> {
    await reading()
    yield* listPages(context, options)
  }

  async function deleteMany(keys: readonly string[], options: ReadOptions): Promise<Failures<string>> {
    await writing()
    return await removeObjects(context, keys, options)
  }

  /** A write, after all that has to be looked at. */
  async function guarded<T>(name: string, options: DriverWriteOptions, write: () => Promise<T>): Promise<T> {
    await writing()
    if (hides) await checkNesting(context, name, options)
    return await write()
  }

  function finishing(upload: Promise<void>): Promise<void> {
    const finished = upload.finally(() => uploads.delete(finished))
    uploads.add(finished)
    return finished
  }
}
