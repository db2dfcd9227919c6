import { fileURLToPath } from 'node:url'
import { createStore, type Driver, type Store } from '@kvdol/core'
import type { Context } from './context.ts'
import { encodedNaming } from './encoded-naming.ts'
import { gate } from './gate.ts'
import { guaranteesOf, locator } from './guarantees.ts'
import { limitedNaming } from './limited-naming.ts'
import { listPages } from './list.ts'
import { listSorted } from './list-sorted.ts'
import { type FilesOptions, settingsOf } from './options.ts'
import { plainNaming } from './plain-key.ts'
import { type FsPort, nodePort } from './port.ts'
import { preparation } from './prepare.ts'
import { hasFile, readFile, statFile } from './read.ts'
import { readChunks } from './read-chunks.ts'
import { assertNothing, removeFile } from './remove.ts'
import { renameFile } from './rename.ts'
import { Root } from './root.ts'
import { writeFile } from './write.ts'

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
export function files(root: string | URL, options: FilesOptions = {}): Store<string, Uint8Array> {
  return createFiles(root, options, nodePort)
}

/** {@link files} over another file system. */
export function createFiles(
  root: string | URL,
  options: FilesOptions,
  port: FsPort,
): Store<string, Uint8Array> {
  return createStore(driverOf(contextOf(root, options, port)))
}

/** What a store with these options works with. Throws `TypeError` for bad ones. */
export function contextOf(root: string | URL, options: FilesOptions, port: FsPort): Context {
  const settings = settingsOf(options)
  const naming = limitedNaming(settings.keys === 'encoded' ? encodedNaming : plainNaming(settings), settings)
  return { port, settings, naming, root: new Root(pathOf(root), port) }
}

function driverOf(context: Context): Driver<string, Uint8Array> & Required<Pick<Driver, 'set' | 'delete'>> {
  const { settings } = context
  const { reading, writing } = preparation(context)
  const run = gate()
  const locate = locator(context)
  const list = settings.order === 'none' ? listPages : listSorted

  return {
    name: 'fs',
    guarantees: guaranteesOf(context),
    sharedRoot: !settings.allowClear,
    async get(key) {
      const path = locate(key)
      return (await reading()) ? await run(() => readFile(context, path)) : undefined
    },
    async has(key) {
      const path = locate(key)
      return (await reading()) && (await run(() => hasFile(context, path)))
    },
    async stat(key) {
      const path = locate(key)
      return (await reading()) ? await run(() => statFile(context, path)) : undefined
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
    async readStream(key, range) {
      const path = locate(key)
      return (await reading()) ? await run(() => readChunks(context, path, range)) : undefined
    },
    async set(key, value, options) {
      const path = locate(key)
      await writing()
      await run(() => writeFile(context, path, value, options))
    },
    async writeStream(key, chunks, options) {
      const path = locate(key)
      await writing()
      await writeFile(context, path, chunks, options)
    },
    async delete(key, options) {
      const path = locate(key)
      if (await reading()) await run(() => removeFile(context, path, options))
      else assertNothing(options)
    },
    async rename(from, to, options) {
      const paths = [locate(from), locate(to)] as const
      await writing()
      return await run(() => renameFile(context, ...paths, options))
    },
  }

  async function* pages(options: Parameters<typeof list>[1]): AsyncGenerator<string[], void, undefined> {
    if (await reading()) yield* list(context, options)
  }
}

function pathOf(root: string | URL): string {
  if (root instanceof URL) return fileURLToPath(root)
  if (typeof root === 'string' && root !== '' && !root.includes('\0')) return root
  throw new TypeError('files: the root is the path of a folder, or a file: URL')
}
