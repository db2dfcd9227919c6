import path from 'node:path'
import { failedWith } from '@kvdol/core/adapter'
import { split } from '../naming/file-naming.ts'
import type { Context } from './context.ts'
import { type Folder, obstructed } from './folder.ts'

/** Where a symbolic link leads in the end; `undefined` when that is nowhere. */
export async function realOf({ port }: Context, path: string): Promise<string | undefined> {
  try {
    return await port.realpath(path)
  } catch (error) {
    if (failedWith(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}

/** The place to write to: what a link in the place of the file leads to, so that the link stays. */
export async function targetOf(
  context: Context,
  folder: Folder,
  name: string,
): Promise<[folder: Folder, name: string]> {
  const at = `${folder.path}/${name}`
  if (!(await context.port.lstat(at))?.isSymbolicLink()) return [folder, name]
  const real = await realOf(context, at)
  if (real === undefined) throw obstructed('symlink')
  const above = path.dirname(real)
  return [{ ...folder, path: above, absolute: above }, path.basename(real)]
}

/** Whether a folder that a link leads to is one of those above the link, so that listing would never end. */
export async function isCircle(context: Context, relative: string, real: string): Promise<boolean> {
  for (let [above] = split(relative); ; [above] = split(above.slice(0, -1))) {
    if ((await realOf(context, context.root.absolute(above.slice(0, -1)))) === real) return true
    if (above === '') return false
  }
}
