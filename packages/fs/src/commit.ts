import type { Stats } from 'node:fs'
import { type DriverWriteOptions, StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { failedWith, toStoreError } from './errors.ts'
import { etagOf } from './etag.ts'
import { exclusive } from './exclusive.ts'
import { type Folder, obstructed } from './folder.ts'
import { isLinkless, locked } from './lock.ts'
import { split } from './naming.ts'
import { patiently } from './patiently.ts'
import { assertSpelled, turnOf } from './spelling.ts'
import { syncFolders } from './sync-folder.ts'
import { discard } from './temporary.ts'

/** A write that only needs its finished file put in place. */
export interface Commit extends DriverWriteOptions {
  readonly relative: string
  readonly name: string
}

/** Puts a finished file in place, under the conditions of the write. */
export async function commitTo(
  context: Context,
  folder: Folder,
  temporary: string,
  commit: Commit,
): Promise<void> {
  const { settings } = context
  await exclusive(turnOf(context, commit.relative), () => place(context, folder, temporary, commit))
  if (settings.sync !== 'full') return
  try {
    await syncFolders(context, split(commit.relative)[0])
  } catch (error) {
    // It is in place, but may not be after a loss of power.
    throw toStoreError(error, 'unknown')
  }
}

async function place(context: Context, folder: Folder, temporary: string, commit: Commit): Promise<void> {
  const from = `${folder.path}/${temporary}`
  const to = `${folder.path}/${commit.name}`
  await assertSpelled(context, commit.relative)
  if (commit.ifMatch !== undefined) {
    await locked(context, folder, commit.name, async () => {
      await assertMatch(context, folder, commit.name, commit.ifMatch)
      await replace(context, from, to)
    })
  } else if (commit.ifAbsent === true) {
    await create(context, folder, from, to, commit.name)
    await discard(context, folder, temporary)
  } else {
    await replace(context, from, to)
  }
}

/** Refuses unless the file has this etag. Exact as long as everybody who writes holds the lock. */
export async function assertMatch(
  { port }: Context,
  folder: Folder,
  name: string,
  etag: string | undefined,
): Promise<void> {
  const found = port.lstatExact(`${folder.path}/${name}`)
  if (found === undefined) throw new StoreError('Conflict', 'there is no value any more')
  if (etagOf(found) !== etag) throw new StoreError('Conflict', 'the value has changed since')
}

/** Moves a finished file to its place, replacing a file that is there. */
export async function replace({ port }: Context, from: string, to: string): Promise<void> {
  try {
    await patiently(() => port.rename(from, to))
  } catch (error) {
    // Somebody has made a folder of that name since it was looked for.
    if (port.lstat(to)?.isDirectory()) throw obstructed('folder')
    throw error
  }
}

/** Gives the finished file its name only if the name is free, in one step. */
async function create(
  context: Context,
  folder: Folder,
  from: string,
  to: string,
  name: string,
): Promise<void> {
  const { port } = context
  try {
    await port.link(from, to)
  } catch (error) {
    if (failedWith(error, 'EEXIST')) throw taken(port.lstat(to))
    if (!isLinkless(error)) throw error
    await createLocked(context, folder, from, to, name)
  }
}

/** Where files cannot have a second name, writers that ask for the same take turns. */
async function createLocked(
  context: Context,
  folder: Folder,
  from: string,
  to: string,
  name: string,
): Promise<void> {
  await locked(context, folder, name, async () => {
    const there = context.port.lstat(to)
    if (there !== undefined) throw taken(there)
    await replace(context, from, to)
  })
}

/** The error for a name that is not free. */
export function taken(there: Stats | undefined): Error {
  return there?.isDirectory() ? obstructed('folder') : new StoreError('Conflict', 'there is a value already')
}
