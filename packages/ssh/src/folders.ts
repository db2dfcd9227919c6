import type { Reader, Store } from '@kvdol/core'
import { createStore, preparation } from '@kvdol/core/adapter'
import { poolOf } from './connection/pool.ts'
import type { Context } from './context.ts'
import { errorOf } from './errors.ts'
import { guaranteesOf, locator } from './guarantees.ts'
import { listFolders } from './listing/list-folders.ts'
import { look } from './opening/confine.ts'
import { placeOf } from './opening/place.ts'
import { type FoldersOptions, foldersSettings, type Settings, secretsOf } from './options.ts'
import { contextOf, storeOn } from './sftp.ts'

/**
 * The folders in a folder on another machine, each as a store. Keys are their relative paths without a slash at the end;
 * `maxLevels: 0` is only those at the top. All of them share one connection, which ends when this reader is closed.
 *
 * Throws `TypeError` for bad options.
 *
 * @example
 * ```ts no-run="needs a server"
 * await using projects = folders({ host: 'nas.local', root: 'projects', maxLevels: 0, sshConfig: true })
 * for await (const [name, store] of projects) console.log(name, await store.size())
 * ```
 */
export function folders(options: FoldersOptions): Reader<string, Store<string, Uint8Array>> {
  const settings = foldersSettings(options)
  const pool = poolOf(settings)
  const context = contextOf(pool, settings)
  const { reading } = preparation({ look: placeOf(context).look })
  const locate = locator(context)
  const isFolder = async (path: string, signal: AbortSignal | undefined) =>
    (await reading()) &&
    (await pool.reading({ signal }, async remote => (await look(context, remote, path))?.kind === 'folder'))

  return createStore<string, Store<string, Uint8Array>>({
    name: 'ssh folders',
    valueType: 'any',
    guarantees: { rejects: guaranteesOf(context).rejects ?? [] },
    errorOf,
    secrets: () => secretsOf(settings),
    async get(key, { signal }) {
      const path = locate(key)
      return (await isFolder(path, signal)) ? storeIn(context, path) : undefined
    },
    has: (key, { signal }) => isFolder(locate(key), signal),
    async *keyPages({ signal }) {
      if (await reading()) yield* listFolders(context, await pool.remote({ signal }))
    },
    close: () => pool.close(),
  })
}

/** The store of a folder; how deep it goes is no matter of the folders that are listed. */
function storeIn({ pool, settings, root }: Context, path: string): Store<string, Uint8Array> {
  const inside: Settings = { ...settings, root: root.at(path), maxLevels: Number.POSITIVE_INFINITY }
  return storeOn(pool, inside, async () => {})
}
