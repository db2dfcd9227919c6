import type { DriverWriteOptions } from '@kvdol/core'
import { replace, taken } from './commit.ts'
import type { Context } from './context.ts'
import { failedWith, toStoreError } from './errors.ts'
import { exclusive } from './exclusive.ts'
import { type Folder, obstructed, reachFolder } from './folder.ts'
import { isLinkless, locked } from './lock.ts'
import { split } from './naming.ts'
import { assertFile } from './open-file.ts'
import { prune } from './remove.ts'
import { isSpelled, turnOf } from './spelling.ts'
import { syncFolders } from './sync-folder.ts'
import { inFolder, prepareTarget } from './write.ts'

/** Moves a file; gives false when there is none at `from`. */
export async function renameFile(
  context: Context,
  from: string,
  to: string,
  options: DriverWriteOptions,
): Promise<boolean> {
  const [path, name] = split(from)
  const source = reachFolder(context, path)
  if (source === 'symlink') throw obstructed(source)
  if (typeof source === 'string') return false
  try {
    const found = context.port.lstat(`${source.path}/${name}`)
    if (found === undefined || !assertFile(found) || !(await isSpelled(context, from))) return false
    if (from === to) return true
    const moved = await inTurn(context, [from, to], () => move(context, source, name, to, options))
    if (!moved) return false
  } catch (error) {
    throw toStoreError(error)
  } finally {
    source.close()
  }
  if (context.settings.sync === 'full') {
    await syncFolders(context, split(to)[0])
    await syncFolders(context, path)
  }
  await prune(context, path)
  return true
}

/** Both paths, always in the same order, so that two moves do not wait for each other. */
async function inTurn<T>(context: Context, paths: readonly string[], work: () => Promise<T>): Promise<T> {
  const [first = '', second = ''] = paths.map(path => turnOf(context, path)).sort()
  return await exclusive(first, () => (first === second ? work() : exclusive(second, work)))
}

async function move(
  context: Context,
  source: Folder,
  name: string,
  to: string,
  { ifAbsent }: DriverWriteOptions,
): Promise<boolean> {
  const { port } = context
  const from = `${source.path}/${name}`
  let moved = true
  await inFolder(context, to, async (folder, target) => {
    const old = await prepareTarget(context, folder, target)
    if (ifAbsent === true && old !== undefined) throw taken(old)
    try {
      if (ifAbsent === true) await moveTo(context, from, folder, target)
      else await moveOver(context, from, `${folder.path}/${target}`)
    } catch (error) {
      // Then it was the source that has gone, not the folder.
      moved = port.lstat(from) !== undefined
      if (moved || !failedWith(error, 'ENOENT')) throw error
    }
  })
  return moved
}

async function moveOver(context: Context, from: string, to: string): Promise<void> {
  const { port } = context
  const [source, target] = [port.lstat(from), port.lstat(to)]
  // Renaming between two names of one file does nothing.
  if (source !== undefined && source.ino === target?.ino && source.dev === target.dev) await port.unlink(from)
  else await replace(context, from, to)
}

async function moveTo(context: Context, from: string, folder: Folder, target: string): Promise<void> {
  const { port } = context
  const to = `${folder.path}/${target}`
  try {
    await port.link(from, to)
    await port.unlink(from)
  } catch (error) {
    if (failedWith(error, 'EEXIST')) throw taken(port.lstat(to))
    if (!isLinkless(error)) throw error
    await locked(context, folder, target, async () => {
      const there = port.lstat(to)
      if (there !== undefined) throw taken(there)
      await replace(context, from, to)
    })
  }
}
