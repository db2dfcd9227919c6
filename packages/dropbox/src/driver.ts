import type { WritableDriver } from '@kvdol/core'
import { prepared } from '@kvdol/core/adapter'
import { type Context, remember } from './context.ts'
import { errorOf } from './errors.ts'
import { guaranteesOf } from './guarantees.ts'
import { children } from './listing/children.ts'
import { keyPages } from './listing/key-pages.ts'
import { preparationOf } from './opening/preparation.ts'
import { findFile } from './reading/find-file.ts'
import { openFile, readFile, readFileWithStat, statFile } from './reading/read-file.ts'
import { watchKeys } from './watching/watch-keys.ts'
import { removeFile } from './writing/remove-file.ts'
import { writeChunks, writeFile } from './writing/write-file.ts'

/** A driver over a folder. Its methods get the names of files, without the store's root. */
export function driverOf(context: Context): WritableDriver<string, Uint8Array> {
  const { settings, naming, link } = context
  const driver = prepared<string, Uint8Array>(
    {
      name: 'dropbox',
      guarantees: guaranteesOf(settings, naming),
      sharedRoot: settings.root === '' && !settings.allowClear,
      errorOf,
      secrets: link.secrets,
      get: (name, options) => readFile(context, name, options),
      has: async (name, options) => (await findFile(context, name, options)) !== undefined,
      stat: (name, options) => statFile(context, name, options),
      getWithStat: (name, options) => readFileWithStat(context, name, options),
      keyPages: options => keyPages(context, options),
      children: options => children(context, options),
      watch: options => watchKeys(context, options),
      readStream: async (name, range, options) => (await openFile(context, name, range, options))?.chunks,
      set: (name, value, options) => writeFile(context, name, value, options),
      writeStream: (name, chunks, options) => writeChunks(context, name, chunks, options),
      async delete(name, options) {
        await removeFile(context, name, options)
      },
      remove: (name, options) => removeFile(context, name, options),
      close: link.close,
    },
    { locate: naming.nameOf, preparation: preparationOf(context) },
  )
  remember(driver, context)
  return driver
}
