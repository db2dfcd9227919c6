import { fileURLToPath } from 'node:url'
import type { ByteStore } from '@kvdol/core'
import { assertNoTilde, createStore } from '@kvdol/core/adapter'
import { filesDriver } from './driver.ts'
import { localHost } from './file/file-locks.ts'
import type { LockHost } from './file/lock-port.ts'
import type { FsPort } from './file/port.ts'
import { systemPort } from './file/system-port.ts'
import { namingOf } from './naming/naming.ts'
import { type FilesOptions, settingsOf } from './options.ts'
import type { Context } from './place/context.ts'
import { Root } from './place/root.ts'
import { Ways } from './place/ways.ts'

/**
 * A folder as a store: each file is a value, its path the key.
 *
 * Writes replace a file in one step, so that readers see the whole old or the whole new value. Nothing outside the
 * folder is ever reached. Throws `TypeError` for bad options; touches nothing before the first call.
 *
 * @example
 * ```ts
 * const notes = pipe(files('notes'), textValues())
 * await notes.set('todo/monday.txt', 'water the plants')
 * ```
 */
export function files(root: string | URL, options: FilesOptions = {}): ByteStore {
  return createFiles(root, options)
}

/** {@link files} over another file system, or on another machine. */
export function createFiles(
  root: string | URL,
  options: FilesOptions,
  port?: FsPort,
  host?: LockHost,
): ByteStore {
  return createStore(filesDriver(contextOf('files', root, options, port, host)))
}

/** What a store with these options works with, for the function `by`. Throws `TypeError` for bad ones. */
export function contextOf(
  by: string,
  root: string | URL,
  options: FilesOptions,
  port: FsPort = systemPort(),
  host: LockHost = localHost,
): Context {
  const settings = settingsOf(by, options)
  const place = new Root(pathOf(by, root), port)
  return {
    port,
    host,
    settings,
    naming: namingOf(settings),
    root: place,
    ways: new Ways(place),
    made: new Set(),
  }
}

function pathOf(by: string, root: string | URL): string {
  if (root instanceof URL) return fileURLToPath(root)
  if (typeof root !== 'string' || root === '' || root.includes('\0'))
    throw new TypeError(`${by}: the root is the path of a folder, or a file: URL`)
  assertNoTilde(by, root)
  return root
}
