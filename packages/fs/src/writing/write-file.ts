import type { Stats } from 'node:fs'
import type { DriverWriteOptions } from '@kvdol/core'
import { assertNotAborted, failedWith } from '@kvdol/core/adapter'
import { discard } from '../file/replace-file.ts'
import { type Content, writeTemporary } from '../file/temporary.ts'
import { assertSpelled } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { isValue, obstructed } from '../place/folder.ts'
import { commit, taken } from './commit.ts'
import { inFolder } from './in-folder.ts'
import { pathOf, type Target } from './lock.ts'

/** Stores a value at a path: whole, or not at all. */
export async function writeFile(
  context: Context,
  relative: string,
  content: Content,
  options: DriverWriteOptions,
): Promise<void> {
  await assertSpelled(context, relative)
  const { port, settings } = context
  const { mode, sync } = settings
  await inFolder(context, relative, async (target, last) => {
    const { folder } = target
    const old = await prepareTarget(context, target)
    if (options.ifAbsent === true && old !== undefined) throw taken(old)
    const confirm = () => {
      if (!folder.confirmed()) throw obstructed('symlink')
      // From here on the content is used up.
      last()
    }
    const write = () => writeTemporary(port, folder.path, content, { mode, like: old, sync, confirm })
    const file = await write()
    try {
      assertNotAborted(options.signal)
      const again = content instanceof Uint8Array ? write : undefined
      await commit(context, { ...options, relative, target, file, again })
    } catch (error) {
      await discard(port, file.path)
      throw error
    }
  })
}

/** What is at the target, if it is a file. An empty folder there is removed; anything else stops the write. */
export async function prepareTarget({ port }: Context, target: Target): Promise<Stats | undefined> {
  const path = pathOf(target)
  const old = port.lstat(path)
  if (old === undefined || isValue(old)) return old
  try {
    await port.rmdir(path)
  } catch (error) {
    if (failedWith(error, 'ENOTEMPTY', 'EEXIST')) throw obstructed('folder')
    if (!failedWith(error, 'ENOENT')) throw error
  }
  return undefined
}
