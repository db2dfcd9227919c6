import type { ByteStore } from '@kvdol/core'
import { createStore } from '@kvdol/core/adapter'
import { driverOf } from './driver.ts'
import { namingOf } from './naming/naming.ts'
import { type DropboxOptions, folderSettings } from './options.ts'
import { linkOf } from './service/link.ts'

/**
 * A folder of Dropbox as a store: each file is a value.
 *
 * Writes replace a file in one step, and what is read is checked against Dropbox's content hash. Nothing is asked, and
 * the SDK not loaded, before the first call. Throws `TypeError` for bad options.
 *
 * @example
 * ```ts no-run="needs an account"
 * const notes = pipe(dropbox({ token: process.env.DROPBOX_TOKEN, root: 'notes' }), textValues())
 * await notes.set('todo/Monday', 'water the plants')
 * ```
 */
export function dropbox(options: DropboxOptions): ByteStore {
  const settings = folderSettings(options)
  const naming = namingOf(settings.keys)
  return createStore(driverOf({ settings, naming, link: linkOf(settings), folders: new Set() }))
}
