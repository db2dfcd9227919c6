import { join } from 'node:path'
import type { WritableDriver } from '@kvdol/core'
import { preparation, prepared } from '@kvdol/core/adapter'
import { errorOf } from './errors.ts'
import { guaranteesOf } from './guarantees.ts'
import { children } from './listing/children.ts'
import { listPages } from './listing/list-pages.ts'
import { listSorted } from './listing/list-sorted.ts'
import { locator } from './naming/file-naming.ts'
import { placeOf } from './opening/place.ts'
import type { Context } from './place/context.ts'
import { gate } from './place/gate.ts'
import { readChunks } from './reading/read-chunks.ts'
import { hasFile, readFile, readWithStat, statFile } from './reading/read-file.ts'
import { watchKeys } from './watching/watch-keys.ts'
import { removeFile } from './writing/remove-file.ts'
import { renameFile } from './writing/rename-file.ts'
import { writeFile } from './writing/write-file.ts'

/** The driver of a folder. Its methods throw the file system's own errors, which `errorOf` explains. */
export function filesDriver(context: Context): WritableDriver<string, Uint8Array> {
  const run = gate()
  const { order, pattern, maxLevels } = context.settings
  const list = order === 'none' ? listPages : listSorted
  const showsAll = pattern === undefined && maxLevels === Number.POSITIVE_INFINITY
  return prepared<string, Uint8Array>(
    {
      name: 'fs',
      errorOf,
      guarantees: guaranteesOf(context),
      sharedRoot: !context.settings.allowClear,
      // No folder is read twice, and no name in one is given twice.
      listsOnce: true,
      get: path => run(() => readFile(context, path)),
      has: path => run(() => hasFile(context, path)),
      stat: path => run(() => statFile(context, path)),
      getWithStat: path => run(() => readWithStat(context, path)),
      // Where only some keys are shown, only they tell which folders are.
      ...(showsAll && { children: options => children(context, options) }),
      keyPages: options => list(context, options),
      readStream: (path, range) => run(() => readChunks(context, path, range)),
      set: (path, value, options) => run(() => writeFile(context, path, value, options)),
      watch: options => watchKeys(context, options),
      // A source of chunks may wait for other calls of the store, so streams take no place among those.
      writeStream: (path, chunks, options) => writeFile(context, path, chunks, options),
      delete: (path, options) => run(async () => void (await removeFile(context, path, options))),
      remove: path => run(() => removeFile(context, path, {})),
      rename: (from, to, options) => run(() => renameFile(context, from, to, options)),
      // Whether there is such a file or not, so nothing is looked up.
      pathOf: path => join(context.root.given, path),
    },
    {
      locate: locator(context.naming, context.root.given, context.port.platform),
      preparation: preparation(placeOf(context)),
    },
  )
}
