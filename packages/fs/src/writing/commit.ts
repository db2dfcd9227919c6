import type { BigIntStats, Stats } from 'node:fs'
import type { DriverWriteOptions } from '@kvdol/core'
import { committed, failedWith, StoreError } from '@kvdol/core/adapter'
import { errorOf } from '../errors.ts'
import { etagOf, etagOfOpened, isCoarse } from '../file/etag.ts'
import { READ } from '../file/flags.ts'
import { inTurn } from '../file/in-turn.ts'
import { isLinkless, orDiscard, removeFile, replaceFile, syncFolder } from '../file/replace-file.ts'
import type { Written } from '../file/temporary.ts'
import { split } from '../naming/file-naming.ts'
import { assertSpelled, turnOf } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { type Folder, obstructed } from '../place/folder.ts'
import { asideOf, type Identity, isSame, isUndisturbed, locked, pathOf, type Target } from './lock.ts'

/** A write that only needs its finished file put in place. */
export interface Commit extends DriverWriteOptions {
  readonly relative: string
  readonly target: Target
  readonly file: Written
  /** Writes the file once more; absent where its content is used up. */
  readonly again: (() => Promise<Written>) | undefined
}

/** Puts a finished file in place, under the conditions of the write. */
export async function commit(context: Context, write: Commit): Promise<void> {
  await inTurn(turnOf(context, write.relative), () => place(context, write))
  await syncFoldersOf(context, write.relative)
}

async function place(
  context: Context,
  { relative, target, file, again, ifAbsent, ifMatch }: Commit,
): Promise<void> {
  await assertSpelled(context, relative)
  if (ifAbsent === true) return await create(context, file.path, target, { own: file.stats })
  if (ifMatch === undefined && again !== undefined) {
    await replace(context, file.path, target)
    return await settled(() => keep(context, target, file, again))
  }
  await locked(context, target, async lock => {
    const old = ifMatch === undefined ? undefined : await matching(context, target, ifMatch)
    lock.assertHeld()
    await replace(context, file.path, target)
    if (old !== undefined && (await settled(() => isLate(context, target, old, file)))) throw noValue()
  })
}

/**
 * Whether the file was deleted between looking at it and replacing it; the write is taken back then. A delete without the
 * lock leaves what it has taken away for as long as somebody holds the lock.
 */
async function isLate({ port }: Context, target: Target, old: Identity, file: Written): Promise<boolean> {
  if (!isSame(await port.lstatExact(asideOf(target, old)), old)) return false
  if (isSame(await port.lstat(pathOf(target)), file.stats)) await removeFile(port, pathOf(target))
  return true
}

/** Makes sure that a write under the lock, which had looked at the file before this one was there, does not undo it. */
async function keep(
  context: Context,
  target: Target,
  { stats }: Written,
  again: () => Promise<Written>,
): Promise<void> {
  const { port } = context
  if (await isUndisturbed(context, target, stats)) return
  await locked(context, target, async lock => {
    if (isSame(await port.lstat(pathOf(target)), stats)) return
    const { path: temporary } = await again()
    await orDiscard(port, temporary, async () => {
      lock.assertHeld()
      await replace(context, temporary, target)
    })
  })
}

/** The file, which has this etag, or else it is refused. Exact while the lock is held. */
export async function matching(context: Context, target: Target, etag: string): Promise<Identity> {
  const found = await context.port.lstatExact(pathOf(target))
  if (found === undefined) throw noValue()
  if ((await etagAt(context, target, found)) !== etag)
    throw new StoreError('Conflict', 'the value has changed since')
  return found
}

async function etagAt({ port }: Context, target: Target, stats: BigIntStats): Promise<string> {
  if (!isCoarse(stats)) return etagOf(stats)
  const descriptor = await port.open(pathOf(target), READ)
  try {
    return await etagOfOpened(port, descriptor)
  } finally {
    await port.close(descriptor)
  }
}

/** The error of a condition on a value where there is none. */
export function noValue(): StoreError {
  return new StoreError('Conflict', 'there is no value any more')
}

/** Moves a finished file to its place, replacing a file that is there. */
export async function replace({ port }: Context, from: string, target: Target): Promise<void> {
  const to = pathOf(target)
  try {
    await replaceFile(port, from, to)
  } catch (error) {
    // Somebody has made a folder of that name since it was looked for.
    if ((await port.lstat(to))?.isDirectory()) throw obstructed('folder')
    throw error
  }
}

/**
 * Gives a finished file its name only if the name is free, in one step. Where files cannot have a second name, writers
 * that ask for the same take turns; `assertHeld` tells that the lock is held already.
 */
export async function create(
  context: Context,
  from: string,
  target: Target,
  by: { readonly own: Identity } | { readonly assertHeld: () => void },
): Promise<void> {
  const { port } = context
  const to = pathOf(target)
  try {
    await port.link(from, to)
  } catch (error) {
    if (failedWith(error, 'EEXIST')) throw taken(await port.lstat(to))
    if (!isLinkless(error)) throw error
    const move = async (assert: () => void) => {
      const there = await port.lstat(to)
      if (there !== undefined) throw taken(there)
      assert()
      await replace(context, from, target)
    }
    return await ('own' in by
      ? locked(context, target, lock => move(() => lock.assertHeld()))
      : move(by.assertHeld))
  }
  if (!('own' in by)) return await removeFile(port, from)
  await settled(() => confirm(context, from, target, by.own))
  // A temporary name that stays is swept one day.
  await removeFile(port, from).catch(() => {})
}

/**
 * Makes sure that a new file is there although a write under the lock, which had looked at an older one, may have
 * replaced it. What is there of others stays: it may have replaced this file in the right order, which nobody can tell.
 */
async function confirm(context: Context, from: string, target: Target, own: Identity): Promise<void> {
  const { port } = context
  if (await isUndisturbed(context, target, own)) return
  await locked(context, target, async lock => {
    const there = await port.lstat(pathOf(target))
    if (isSame(there, own)) return
    if (there !== undefined) throw taken(there)
    lock.assertHeld()
    await create(context, from, target, { assertHeld: () => lock.assertHeld() })
  })
}

/** The error for a name that is not free. */
export function taken(there: Stats | undefined): Error {
  return there?.isDirectory() ? obstructed('folder') : new StoreError('Conflict', 'there is a value already')
}

/**
 * Makes a new name survive a loss of power, where that was asked for. All folders up to the root are synced: another
 * writer may have made one and not synced it yet. One that has gone was emptied by a later delete.
 */
export async function syncFoldersOf({ port, root, settings }: Context, relative: string): Promise<void> {
  if (settings.sync !== 'full') return
  await settled(async () => {
    for (let path = split(relative)[0]; ; [path] = split(path.slice(0, -1))) {
      await syncFolder(port, root.absolute(path)).catch(unlessGone)
      if (path === '') return
    }
  })
}

function unlessGone(error: unknown): void {
  if (!failedWith(error, 'ENOENT')) throw error
}

/** Makes the absence of a name survive a loss of power, where that was asked for. */
export async function syncNames({ port, settings }: Context, folder: Folder): Promise<void> {
  if (settings.sync === 'full') await settled(() => syncFolder(port, `${folder.path}/`))
}

/** A step after which the change is in place: whatever it throws says that the outcome is unknown. */
export function settled<T>(step: () => Promise<T>): Promise<T> {
  return committed(errorOf, step)
}
