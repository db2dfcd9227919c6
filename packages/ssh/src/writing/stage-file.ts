import type { DriverWriteOptions } from '@kvdol/core'
import { assertNotAborted, PlaceGone } from '@kvdol/core/adapter'
import { temporaryName } from '@kvdol/fs/file'
import type { Attributes, Handle, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { obstructed } from '../errors.ts'
import { split } from '../naming/folder-naming.ts'
import { look } from '../opening/confine.ts'
import { release } from '../reading/read-file.ts'
import { assertReplaceable } from './assert-replaceable.ts'
import { gone, taken } from './conflicts.ts'
import { create, discard, discardLeftovers } from './create-file.ts'
import { openIn } from './open-in.ts'
import { prune } from './prune.ts'
import { type Content, writeContent } from './write-content.ts'

/** Writes a complete new file beside the place of a value, and gives its path. Nothing is left of it when it fails. */
export async function stageFile(
  context: Context,
  remote: Remote,
  relative: string,
  content: Content,
  options: DriverWriteOptions,
): Promise<string> {
  const [folder] = split(relative)
  await discardLeftovers(context, remote)
  const old = await target(context, remote, relative, options)
  const temporary = context.root.at(folder + temporaryName())
  const { mode } = context.settings
  const wanted = old?.mode ?? mode
  try {
    // Nobody else may read it until it has the permissions that it is to have.
    const handle = await openIn(context, remote, folder, () =>
      create(remote, temporary, wanted === undefined ? undefined : 0o600),
    )
    await fill(context, remote, handle, content, { folder, wanted, asked: mode !== undefined && !old })
    assertNotAborted(options.signal)
    return temporary
  } catch (error) {
    if (!(error instanceof PlaceGone)) await abandon(context, remote, temporary, folder)
    throw error
  }
}

/** Removes a file that was not put in place, and the folders that were made for it. */
export async function abandon(
  context: Context,
  remote: Remote,
  temporary: string,
  folder: string,
): Promise<void> {
  await discard(context, remote, temporary)
  await prune(context, remote.steady, folder).catch(() => {})
}

/** What is at the place of a value, if it is a file; refuses what could not be put there. */
async function target(
  context: Context,
  remote: Remote,
  relative: string,
  { ifAbsent, ifMatch }: DriverWriteOptions,
): Promise<Attributes | undefined> {
  const old = await look(context, remote, relative)
  if (old?.kind === 'folder') throw obstructed('folder')
  if (ifAbsent && old !== undefined) throw taken()
  if (ifMatch !== undefined && old === undefined) throw gone()
  if (old !== undefined) await assertReplaceable(context, remote)
  return old
}

interface Wanted {
  readonly folder: string
  readonly wanted: number | undefined
  /** The permissions are the user's wish, not those of a file that is replaced. */
  readonly asked: boolean
}

async function fill(
  context: Context,
  remote: Remote,
  handle: Handle,
  content: Content,
  { folder, wanted, asked }: Wanted,
): Promise<void> {
  try {
    const mode = await writeContent(remote, handle, content, context.root.at(folder))
    if (wanted !== undefined && wanted !== mode)
      await remote.chmod(handle, wanted).catch(error => {
        // Some servers leave permissions to nobody.
        if (asked) throw error
      })
  } catch (error) {
    release(remote, handle)
    throw error
  }
  // Some servers tell only now that they could not write.
  await remote.close(handle)
}
