import { StoreError, staging } from '@kvdol/core/adapter'
import { inTurn, type Lock, lockNameOf, type SweepPort, withLock } from '@kvdol/fs/file'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { errorOf, isMissing } from '../errors.ts'
import { split } from '../naming/folder-naming.ts'
import { readSmall } from '../reading/read-small.ts'
import { createFile } from './create-file.ts'

/** More than any lock holds. */
const MOST = 512

/**
 * Locks that are files on the server, named and written as those of `@kvdol/fs`. What is left of one when the connection
 * ends is released over the next.
 */
export function locksOf(context: Context, { steady }: Remote): SweepPort {
  return {
    ...portOver(context, async () => steady),
    again: () => portOver(context, () => context.pool.remote({})),
  }
}

function portOver(context: Context, connection: () => Promise<Remote>): SweepPort {
  return {
    async create(path, content) {
      const remote = await connection()
      const handle = await createFile(context, remote, path, bytesOf(content))
      return (
        handle && {
          rewrite: content => remote.write(handle, bytesOf(content), 0),
          close: () => remote.close(handle),
        }
      )
    },
    async read(path) {
      const bytes = await readSmall(await connection(), path, MOST)
      return bytes && new TextDecoder('latin1').decode(bytes)
    },
    async remove(path) {
      const remote = await connection()
      await remote.unlink(path).catch(error => {
        if (!isMissing(error)) throw error
      })
    },
    async state(path) {
      const found = await (await connection()).lstat(path)
      return found && `${found.size} ${found.modified}`
    },
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** The path of the lock of a file below the root. */
function lockPathOf({ root }: Context, relative: string): string {
  const [folder, name] = split(relative)
  return root.at(folder + lockNameOf(name))
}

/** What the writers of one file in this process take turns by, for which they need not ask the server. */
export function turnOf({ settings, root }: Context, relative: string): string {
  return `ssh ${settings.host}:${settings.port} ${root.at(relative)}`
}

/** Whether somebody holds the lock of a file. */
export async function isLocked(context: Context, remote: Remote, relative: string): Promise<boolean> {
  return (await remote.lstat(lockPathOf(context, relative))) !== undefined
}

/**
 * Runs `work` while nobody else holds the lock of the file at a path, whose folder is there. What fails outside of
 * `work` has changed nothing.
 */
export async function locked<T>(
  context: Context,
  remote: Remote,
  relative: string,
  signal: AbortSignal | undefined,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  const path = lockPathOf(context, relative)
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined
  const run = async (lock: Lock) => {
    outcome = await work(lock).then(
      value => ({ value }),
      (error: unknown) => ({ error }),
    )
  }
  const options = { signal, host: context.host }
  try {
    await inTurn(turnOf(context, relative), () => withLock(locksOf(context, remote), path, run, options))
  } catch (error) {
    // The folder has been removed before the lock was in it: for whoever can make it again.
    if (isMissing(error)) throw error
    await staging(errorOf, () => Promise.reject(error))
  }
  if (outcome === undefined) throw new StoreError('Unavailable', 'the lock of the key was not taken')
  if ('error' in outcome) throw outcome.error
  return outcome.value
}
