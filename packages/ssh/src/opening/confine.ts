import type { Attributes, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { obstructed } from '../errors.ts'
import { split } from '../naming/folder-naming.ts'

/**
 * What lies at a path below the root: a file, a folder or nothing. Throws `InvalidKey` for anything else, and where a
 * symbolic link is on the way; nothing is opened, as opening a pipe stops the server.
 */
export async function look(
  context: Context,
  remote: Remote,
  relative: string,
): Promise<Attributes | undefined> {
  const [found] = await Promise.all([
    remote.lstat(context.root.at(relative)),
    assertNoLink(context, remote, split(relative)[0]),
  ])
  if (found?.kind === 'symlink' || found?.kind === 'other') throw obstructed(found.kind)
  return found
}

/** The file at a path, or `undefined`. Throws `Unavailable` when the root itself is no folder any more. */
export async function lookForFile(
  context: Context,
  remote: Remote,
  relative: string,
): Promise<Attributes | undefined> {
  const found = await look(context, remote, relative)
  // The protocol has one answer for "not there" and "not a folder".
  if (found === undefined) await context.root.isThere(remote)
  return found?.kind === 'file' ? found : undefined
}

/** The server follows links in the folders of a path; where it ends up is compared with where it should. */
async function assertNoLink({ root }: Context, remote: Remote, folder: string): Promise<void> {
  if (folder === '') return
  const wanted = root.at(folder.slice(0, -1))
  const real = await remote.realpath(wanted)
  if (real !== undefined && real !== wanted) throw obstructed('symlink')
}
