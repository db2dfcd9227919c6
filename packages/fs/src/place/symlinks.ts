import path from 'node:path'
import { failedWith } from '@kvdol/core/adapter'
import { split } from '../naming/file-naming.ts'
import type { Context } from './context.ts'
import { type Folder, obstructed } from './folder.ts'

/** Where a symbolic link leads in the end; `undefined` when that is nowhere. */
export function realOf({ port }: Context, path: string): string | undefined {
  try {
    return port.realpath(path)
  } catch (error) {
    if (failedWith(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}

/** The place to write to: what a link in the place of the file leads to, so that the link stays. */
export function targetOf(context: Context, folder: Folder, name: string): [folder: Folder, name: string] {
  const at = `${folder.path}/${name}`
  if (!context.port.lstat(at)?.isSymbolicLink()) return [folder, name]
  const real = realOf(context, at)
  if (real === undefined) throw obstructed('symlink')
  const above = path.dirname(real)
  return [{ ...folder, path: above, absolute: above }, path.basename(real)]
}

/** Whether a folder that a link leads to is one of those above the link, so that listing would never end. */
export function isCircle(context: Context, relative: string, real: string): boolean {
  for (let [above] = split(relative); ; [above] = split(above.slice(0, -1))) {
    if (realOf(context, context.root.absolute(above.slice(0, -1))) === real) return true
    if (above === '') return false
  }
}
