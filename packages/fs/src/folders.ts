import type { Reader, Store } from '@kvdol/core'
import { callback, createStore, preparation, settingsOf } from '@kvdol/core/adapter'
import { errorOf } from './errors.ts'
import { contextOf, files } from './files.ts'
import { listFolders } from './listing/list-folders.ts'
import { placeOf } from './opening/place.ts'
import { type FilesOptions, OPTIONS } from './options.ts'
import type { Context } from './place/context.ts'
import { obstructed, openFolder } from './place/folder.ts'

export interface FoldersOptions<V> extends Omit<FilesOptions, 'keys' | 'pattern'> {
  /**
   * Makes the store of a folder, given its absolute path.
   * @default files, with these options
   */
  open?: ((path: string) => V) | undefined
}

const { keys: _, pattern: __, ...SHARED } = OPTIONS
const OWN = { ...SHARED, open: callback<(path: string) => unknown>() }

/**
 * The folders in a folder, each as a store. Keys are their relative paths without a slash at the end; `maxLevels: 0` is
 * only those at the top.
 *
 * @example
 * ```ts
 * const projects = folders('projects', { maxLevels: 0 })
 * for await (const [name, store] of projects) console.log(name, await store.size())
 * ```
 */
export function folders(
  root: string | URL,
  options?: FoldersOptions<Store<string, Uint8Array>>,
): Reader<string, Store<string, Uint8Array>>
export function folders<V>(
  root: string | URL,
  options: FoldersOptions<V> & { open: (path: string) => V },
): Reader<string, V>
export function folders(root: string | URL, options: FoldersOptions<unknown> = {}): Reader<string, unknown> {
  const { open, ...rest } = settingsOf('folders', OWN, options)
  const context = contextOf('folders', root, rest)
  const { maxLevels: _, ...inside } = rest
  const make = open ?? ((path: string) => files(path, inside))
  const { reading } = preparation(placeOf(context))

  return createStore<string, unknown>({
    name: 'folders',
    errorOf,
    valueType: 'any',
    guarantees: { rejects: context.naming.rejects },
    async get(key) {
      const path = context.naming.nameOf(key)
      return (await reading()) && (await isFolder(context, path))
        ? make(context.root.absolute(path))
        : undefined
    },
    async has(key) {
      const path = context.naming.nameOf(key)
      return (await reading()) && (await isFolder(context, path))
    },
    async *keys() {
      if (await reading()) yield* listFolders(context)
    },
  })
}

async function isFolder(context: Context, path: string): Promise<boolean> {
  const folder = await openFolder(context, `${path}/`)
  if (folder === 'symlink') throw obstructed(folder)
  if (typeof folder === 'string') return false
  folder.close()
  return true
}
