import type { Stats } from 'node:fs'
import type { DriverWriteOptions } from '@kvdol/core'
import { type Commit, commitTo, taken } from './commit.ts'
import type { Context } from './context.ts'
import { failedWith, toStoreError } from './errors.ts'
import { type Folder, obstructed, openFolder } from './folder.ts'
import { targetOf } from './follow.ts'
import { makeFolders, makeRoot } from './make-folders.ts'
import { split } from './naming.ts'
import { assertFile } from './open-file.ts'
import { assertSpelled } from './spelling.ts'
import { type Content, discard, writeTemporary } from './temporary.ts'

/** How often a write starts again whose folder is removed by a delete at the same time. */
const TRIES = 20

/** Stores a value at a path: whole, or not at all. */
export async function writeFile(
  context: Context,
  relative: string,
  content: Content,
  options: DriverWriteOptions,
): Promise<void> {
  await inFolder(context, relative, (folder, name) => {
    return writeInto(context, folder, { relative, name, ...options }, content)
  })
}

/** Runs `work` in the folder of a path, which is made if it is missing, also when it is removed meanwhile. */
export async function inFolder(
  context: Context,
  relative: string,
  work: (folder: Folder, name: string) => Promise<void>,
): Promise<void> {
  await assertSpelled(context, relative)
  const [path, name] = split(relative)
  for (let attempt = 1; ; attempt++) {
    try {
      const found = openFolder(context, path)
      if (found === 'symlink' || found === 'file') throw obstructed(found)
      const folder = found === 'missing' ? await makeFolders(context, path) : found
      try {
        return await work(...targetOf(context, folder, name))
      } finally {
        folder.close()
      }
    } catch (error) {
      // Nothing has been written yet: a folder that has gone is found out before the temporary file is there.
      if (!failedWith(error, 'ENOENT') || attempt === TRIES) throw toStoreError(error)
      if (context.port.lstat(context.root.real) === undefined) await makeRoot(context)
    }
  }
}

async function writeInto(context: Context, folder: Folder, commit: Commit, content: Content): Promise<void> {
  const old = await prepareTarget(context, folder, commit.name)
  if (commit.ifAbsent === true && old !== undefined) throw taken(old)
  const temporary = await writeTemporary(context, folder, content, old?.mode)
  try {
    commit.signal?.throwIfAborted()
    await commitTo(context, folder, temporary, commit)
  } catch (error) {
    await discard(context, folder, temporary)
    throw toStoreError(error, failedWith(error, 'EIO', 'ESTALE', 'ETIMEDOUT') ? 'unknown' : 'not-applied')
  }
}

/** What is at the target, if it is a file. An empty folder there is removed; anything else stops the write. */
export async function prepareTarget(
  { port }: Context,
  folder: Folder,
  name: string,
): Promise<Stats | undefined> {
  const path = `${folder.path}/${name}`
  const old = port.lstat(path)
  if (old === undefined || assertFile(old)) return old
  try {
    await port.rmdir(path)
  } catch (error) {
    if (failedWith(error, 'ENOTEMPTY', 'EEXIST')) throw obstructed('folder')
    if (!failedWith(error, 'ENOENT')) throw error
  }
  return undefined
}
