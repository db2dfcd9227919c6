import { posix } from 'node:path'
import type { Attributes, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { obstructed } from '../errors.ts'
import { refused } from './refused.ts'

/** Makes what is missing of a folder below the root. Throws `InvalidKey` when something is in the way. */
export async function makeFolders(context: Context, remote: Remote, folder: string): Promise<void> {
  const { root, made } = context
  const names = folder.slice(0, -1).split('/')
  const paths = names.map((_, index) => `${names.slice(0, index + 1).join('/')}/`)
  const at = (path: string) => root.at(path.slice(0, -1))
  const missing = await missingOf(paths, path => remote.lstat(at(path)))
  permit(context, missing.length)
  for (const path of missing) if (await make(context, remote, at(path))) made.add(path)
}

/** Makes the root itself and what is missing above it. */
export async function makeRoot(context: Context, remote: Remote): Promise<void> {
  const { given } = context.root
  const home = posix.isAbsolute(given) ? '/' : ((await remote.realpath('.')) ?? '/')
  const whole = posix.join(home, given)
  const paths: string[] = []
  for (let at = whole; at !== '/' && at !== '.'; at = posix.dirname(at)) paths.unshift(at)
  // Above the root links are followed: it is the user who gave the path.
  const missing = await missingOf(paths, async path => {
    const real = await remote.realpath(path)
    return real === undefined ? undefined : await remote.lstat(real)
  })
  permit(context, missing.length)
  for (const path of missing) await make(context, remote, path)
}

async function missingOf(
  paths: readonly string[],
  look: (path: string) => Promise<Attributes | undefined>,
): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(look))
  for (const attributes of found)
    if (attributes !== undefined && attributes.kind !== 'folder')
      throw obstructed(attributes.kind === 'symlink' ? 'symlink' : 'file')
  const first = found.indexOf(undefined)
  return first < 0 ? [] : paths.slice(first)
}

/** Refuses before anything is made. */
function permit({ settings: { createFolders, maxNewFolders } }: Context, missing: number): void {
  if (missing === 0) return
  if (!createFolders) throw obstructed('missing')
  if (missing > maxNewFolders) {
    const detail = `${missing} folders would have to be made, and ${maxNewFolders} may be (maxNewFolders)`
    throw refused('new-folders', detail)
  }
}

/** Whether the folder was made by this call, and not by another one at the same moment. */
async function make({ settings: { mode } }: Context, remote: Remote, path: string): Promise<boolean> {
  try {
    // Whoever may read the files may look into the folders.
    await remote.mkdir(path, mode === undefined ? undefined : mode | ((mode & 0o444) >> 2))
    return true
  } catch (error) {
    const found = await remote.lstat(path)
    if (found?.kind === 'folder') return false
    // A file was put there since it was looked at.
    throw found === undefined ? error : obstructed('file')
  }
}
