import type { Stats } from 'node:fs'
import type { DriverWriteOptions } from '@kvdol/core'
import { assertNotAborted, failedWith } from '@kvdol/core/adapter'
import { orDiscard } from '../file/replace-file.ts'
import { type Content, writeTemporary } from '../file/temporary.ts'
import { assertSpelled } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { isValue, obstructed } from '../place/folder.ts'
import { commit, taken } from './commit.ts'
import { assertOurs, inFolder } from './in-folder.ts'
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
    const [old] = await Promise.all([prepareTarget(context, target), assertOurs(context)])
    if (options.ifAbsent === true && old?.isFile()) throw taken(old)
    const confirm = async () => {
      if (!(await folder.confirmed())) throw obstructed('symlink')
      // From here on the content is used up.
      last()
    }
    const write = () =>
      writeTemporary(port, folder.path, content, {
        mode,
        like: old?.isFile() ? old : undefined,
        sync,
        confirm,
      })
    const file = await write()
    await orDiscard(port, file.path, async () => {
      assertNotAborted(options.signal)
      const again = content instanceof Uint8Array ? write : undefined
      await inPlaceOf(context, target, old, () =>
        commit(context, { ...options, relative, target, file, again }),
      )
    })
  })
}

/** What is at the target: a file, or an empty folder that this store has made. Anything else stops the write. */
export async function prepareTarget({ port, made }: Context, target: Target): Promise<Stats | undefined> {
  const path = pathOf(target)
  const old = await port.lstat(path)
  if (old === undefined || isValue(old)) return old
  if ((await port.names(path, 1)).length > 0) throw obstructed('folder')
  if (!made.has(absoluteOf(target))) throw obstructed('empty')
  return old
}

/** Puts a file in the place of what {@link prepareTarget} found. */
export async function inPlaceOf(
  { port, made }: Context,
  target: Target,
  old: Stats | undefined,
  work: () => Promise<void>,
): Promise<void> {
  if (old?.isDirectory()) {
    try {
      await port.rmdir(pathOf(target))
    } catch (error) {
      if (failedWith(error, 'ENOTEMPTY', 'EEXIST')) throw obstructed('folder')
      if (!failedWith(error, 'ENOENT')) throw error
    }
    made.delete(absoluteOf(target))
  }
  await work()
}

function absoluteOf({ folder, name }: Target): string {
  return `${folder.absolute}/${name}`
}
