import type { DriverWriteOptions } from '@kvdol/core'
import { failedWith } from '@kvdol/core/adapter'
import type { Lock } from '../file/held-lock.ts'
import { inTurn } from '../file/in-turn.ts'
import { removeFile } from '../file/replace-file.ts'
import { split } from '../naming/file-naming.ts'
import { assertSpelled, isSpelled, turnOf } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { isValue, obstructed, openFolder } from '../place/folder.ts'
import { create, replace, syncFoldersOf, syncNames, taken } from './commit.ts'
import { prune } from './empty-folders.ts'
import { inFolder } from './in-folder.ts'
import { isSame, locked, pathOf, type Target } from './lock.ts'
import { inPlaceOf, prepareTarget } from './write-file.ts'

/** Moves a file; gives false when there is none at `from`. */
export async function renameFile(
  context: Context,
  from: string,
  to: string,
  options: DriverWriteOptions,
): Promise<boolean> {
  const [path, name] = split(from)
  const folder = await openFolder(context, path)
  if (folder === 'symlink') throw obstructed(folder)
  if (typeof folder === 'string') return false
  const source = { folder, name }
  try {
    const found = await context.port.lstat(pathOf(source))
    if (found === undefined || !isValue(found) || !(await isSpelled(context, from))) return false
    if (from === to && options.ifAbsent === true) throw taken(found)
    if (from === to) return true
    if (!(await inBothTurns(context, [from, to], () => move(context, source, to, options)))) return false
    await syncNames(context, folder)
  } finally {
    folder.close()
  }
  await syncFoldersOf(context, to)
  await prune(context, path)
  return true
}

/** Both paths, always in the same order, so that two moves do not wait for each other. */
async function inBothTurns<T>(
  context: Context,
  paths: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const [first = '', second = ''] = paths.map(path => turnOf(context, path)).sort()
  return await inTurn(first, () => (first === second ? work() : inTurn(second, work)))
}

async function move(
  context: Context,
  source: Target,
  to: string,
  { ifAbsent = false }: DriverWriteOptions,
): Promise<boolean> {
  const { port } = context
  const from = pathOf(source)
  await assertSpelled(context, to)
  return await inFolder(context, to, async target => {
    const old = await prepareTarget(context, target)
    if (ifAbsent && old?.isFile()) throw taken(old)
    try {
      await withBothLocks(context, source, target, async assertHeld => {
        // Renaming between two names of one file does nothing.
        if (old?.isFile() && isSame(await port.lstat(from), await port.lstat(pathOf(target))))
          return await removeFile(port, from)
        assertHeld()
        await inPlaceOf(context, target, old, () =>
          ifAbsent ? create(context, from, target, { assertHeld }) : replace(context, from, target),
        )
      })
      return true
    } catch (error) {
      // If it is the source that has gone, and not the folder, there is nothing to move.
      if (failedWith(error, 'ENOENT') && (await port.lstat(from)) === undefined) return false
      throw error
    }
  })
}

/** A move has no content to write again, so it keeps writes under a condition away from both of its ends. */
async function withBothLocks(
  context: Context,
  source: Target,
  target: Target,
  work: (assertHeld: () => void) => Promise<void>,
): Promise<void> {
  const where = ({ folder, name }: Target) => `${folder.absolute}/${name}`
  const [first, second] = where(source) < where(target) ? [source, target] : [target, source]
  await locked(context, first, (one: Lock) =>
    locked(context, second, async other => {
      await work(() => {
        one.assertHeld()
        other.assertHeld()
      })
    }),
  )
}
