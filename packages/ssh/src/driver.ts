import type { WritableDriver } from '@kvdol/core'
import { preparation, prepared } from '@kvdol/core/adapter'
import type { Context } from './context.ts'
import { errorOf } from './errors.ts'
import { guaranteesOf, locator } from './guarantees.ts'
import { children } from './listing/children.ts'
import { listPages } from './listing/list.ts'
import { lookForFile } from './opening/confine.ts'
import { placeOf } from './opening/place.ts'
import { secretsOf } from './options.ts'
import { readChunks } from './reading/read-chunks.ts'
import { readFile, readFileWithStat, statFile } from './reading/read-file.ts'
import { removeFile } from './writing/remove-file.ts'
import { renameFile } from './writing/rename-file.ts'
import { writeFile } from './writing/write-file.ts'

/** A folder on a server as a driver; `close` releases the connection if it is the store's own. */
export function driverOf(context: Context, close: () => Promise<void>): WritableDriver<string, Uint8Array> {
  const { pool, settings } = context
  const showsAll = settings.pattern === undefined && settings.maxLevels === Number.POSITIVE_INFINITY
  return prepared<string, Uint8Array>(
    {
      name: 'ssh',
      guarantees: guaranteesOf(context),
      sharedRoot: !settings.allowClear,
      errorOf,
      secrets: () => secretsOf(settings),
      get: (path, options) => pool.reading(options, remote => readFile(context, remote, path)),
      has: (path, options) =>
        pool.reading(options, async remote => (await lookForFile(context, remote, path)) !== undefined),
      stat: (path, options) => pool.reading(options, remote => statFile(context, remote, path)),
      getWithStat: (path, options) =>
        pool.reading(options, remote => readFileWithStat(context, remote, path)),
      // Where only some keys are shown, only they tell which folders are.
      ...(showsAll && { children: options => children(context, options) }),
      keyPages: options => listPages(context, options),
      readStream: (path, range, options) =>
        pool.opening(options, remote => readChunks(context, remote, path, range)),
      set: (path, value, options) =>
        pool.writing(options, remote => writeFile(context, remote, path, value, options)),
      writeStream: async (path, chunks, options) =>
        await writeFile(context, await pool.remote(options), path, chunks, options),
      async delete(path, options) {
        await pool.writing(options, remote => removeFile(context, remote, path, options))
      },
      remove: (path, options) => pool.writing(options, remote => removeFile(context, remote, path, options)),
      rename: (from, to, options) =>
        pool.writing(options, remote => renameFile(context, remote, from, to, options)),
      close,
    },
    { locate: locator(context), preparation: preparation(placeOf(context)) },
  )
}
