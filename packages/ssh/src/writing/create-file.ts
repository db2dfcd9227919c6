import { temporaryName } from '@kvdol/fs/file'
import { OPEN, STATUS } from '../connection/protocol.ts'
import type { Handle, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { hasStatus, isMissing, isNotOffered } from '../errors.ts'

const CREATE = OPEN.WRITE | OPEN.CREATE | OPEN.EXCLUSIVE

/** Makes a new file for writing; fails when there is one. */
export function create(remote: Remote, path: string, mode?: number): Promise<Handle> {
  return remote.open(path, CREATE, mode)
}

/**
 * Makes a small file, complete when it appears and only if there is none, and gives it still open; else `undefined`.
 * Where the server has no hard links it is empty for a moment.
 */
export async function createFile(
  context: Context,
  remote: Remote,
  path: string,
  content: Uint8Array,
): Promise<Handle | undefined> {
  const temporary = path.slice(0, path.lastIndexOf('/') + 1) + temporaryName()
  const handle = await written(context, remote, temporary, content)
  try {
    if (await isNew(remote, path, () => remote.link(temporary, path))) return handle
    await remote.close(handle)
    return undefined
  } catch (error) {
    await remote.close(handle).catch(() => {})
    if (!isNotOffered(error)) throw error
  } finally {
    await discard(context, remote, temporary)
  }
  let made: Handle | undefined
  await isNew(remote, path, async () => {
    made = await written(context, remote, path, content)
  })
  return made
}

/** How often a name is tried that is taken and free again. */
const TRIES = 5

/**
 * Gives a name to something new; false when the name is taken. Servers say only `FAILURE` of that, so it is looked
 * whether there is something.
 */
export async function isNew(remote: Remote, path: string, make: () => Promise<void>): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await make()
      return true
    } catch (error) {
      if (!hasStatus(error, STATUS.FAILURE, STATUS.FILE_ALREADY_EXISTS)) throw error
      if ((await remote.lstat(path)) !== undefined) return false
      if (attempt === TRIES) throw error
    }
  }
}

/** Replaces the content of a small file: in one step where the server can, else in place. */
export async function replaceFile(
  context: Context,
  remote: Remote,
  path: string,
  content: Uint8Array,
): Promise<void> {
  const temporary = path.slice(0, path.lastIndexOf('/') + 1) + temporaryName()
  await remote.close(await written(context, remote, temporary, content))
  try {
    return await remote.replace(temporary, path)
  } catch (error) {
    await discard(context, remote, temporary)
    if (!isNotOffered(error)) throw error
  }
  const handle = await remote.open(path, OPEN.WRITE | OPEN.CREATE | OPEN.TRUNCATE, 0o600)
  try {
    await remote.write(handle, content, 0)
  } finally {
    await remote.close(handle)
  }
}

async function written(context: Context, remote: Remote, path: string, content: Uint8Array): Promise<Handle> {
  const handle = await create(remote, path, 0o600)
  try {
    await remote.write(handle, content, 0)
    return handle
  } catch (error) {
    await remote.close(handle).catch(() => {})
    await discard(context, remote, path)
    throw error
  }
}

/** Removes a file of our own, now or with the next write; a clean-up never hides the failure that led to it. */
export async function discard(context: Context, remote: Remote, path: string): Promise<void> {
  try {
    await remote.steady.unlink(path)
    context.leftovers.delete(path)
  } catch (error) {
    if (!isMissing(error)) context.leftovers.add(path)
  }
}

/** Removes what earlier writes could not. */
export async function discardLeftovers(context: Context, remote: Remote): Promise<void> {
  await Promise.all([...context.leftovers].map(path => discard(context, remote, path)))
}
