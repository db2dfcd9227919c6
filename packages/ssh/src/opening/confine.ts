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

async function assertNoLink(context: Context, remote: Remote, folder: string): Promise<void> {
  if (await leadsElsewhere(context, remote, folder)) throw obstructed('symlink')
}

/**
 * Whether a symbolic link is on the way to a folder below the root: the server follows those, so where the path ends up is
 * compared with where it should.
 */
export async function leadsElsewhere({ root }: Context, remote: Remote, folder: string): Promise<boolean> {
  if (folder === '') return false
  const wanted = root.at(folder.slice(0, -1))
  const real = await remote.realpath(wanted)
  return real !== undefined && real !== wanted
}
