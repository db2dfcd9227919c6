import type { DriverWriteOptions } from '@kvdol/core'
import { committed } from '@kvdol/core/adapter'
import { inTurn } from '@kvdol/fs/file'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { errorOf } from '../errors.ts'
import { split } from '../naming/folder-naming.ts'
import { readFile } from '../reading/read-file.ts'
import { assertMatch } from './assert-match.ts'
import { isLocked, locked, turnOf } from './locks.ts'
import { putIfAbsent, putInPlace } from './put-in-place.ts'
import { abandon, stageFile } from './stage-file.ts'
import { stage } from './steps.ts'
import type { Content } from './write-content.ts'

/** Stores a value at a path: whole, or not at all. */
export async function writeFile(
  context: Context,
  remote: Remote,
  relative: string,
  content: Content,
  options: DriverWriteOptions,
): Promise<void> {
  const temporary = await stage(() => stageFile(context, remote, relative, content, options))
  try {
    await commit(context, remote, temporary, { ...options, relative, content })
  } catch (error) {
    await abandon(context, remote, temporary, split(relative)[0])
    throw error
  }
}

interface Commit extends DriverWriteOptions {
  readonly relative: string
  readonly content: Content
}

async function commit(context: Context, remote: Remote, temporary: string, how: Commit): Promise<void> {
  const { relative, content, signal, ifAbsent, ifMatch } = how
  const place = () => putInPlace(context, remote, temporary, context.root.at(relative))
  if (ifMatch !== undefined)
    return await locked(context, remote, relative, signal, async lock => {
      await stage(() => assertMatch(context, remote, relative, ifMatch))
      lock.assertHeld()
      await place()
    })
  if (ifAbsent) return await putIfAbsent(context, remote, temporary, { relative, signal })
  // What has come as a stream could not be written again.
  if (!(content instanceof Uint8Array))
    return await locked(context, remote, relative, signal, async lock => {
      lock.assertHeld()
      await place()
    })
  if (await inTurn(turnOf(context, relative), () => placeAndLook(context, remote, relative, place)))
    await committed(errorOf, () => writeAgain(context, remote.steady, relative, content))
}

/** Puts a value in place and tells whether somebody holds the lock: that is asked at once, and answered afterwards. */
async function placeAndLook(
  context: Context,
  remote: Remote,
  relative: string,
  place: () => Promise<boolean>,
): Promise<boolean> {
  const placed = place()
  const looked = isLocked(context, remote, relative)
  looked.catch(() => {})
  const atOnce = await placed
  return await committed(errorOf, () => (atOnce ? looked : isLocked(context, remote, relative)))
}

/**
 * Somebody who holds the lock may have looked at the file before this value was there, and then put another one in its
 * place. If so, it is written again.
 */
async function writeAgain(
  context: Context,
  remote: Remote,
  relative: string,
  content: Uint8Array,
): Promise<void> {
  await locked(context, remote, relative, undefined, async lock => {
    const found = await readFile(context, remote, relative)
    if (found !== undefined && Buffer.compare(found, content) === 0) return
    const temporary = await stageFile(context, remote, relative, content, {})
    lock.assertHeld()
    await putInPlace(context, remote, temporary, context.root.at(relative))
  })
}
