import { StoreError } from '@kvdol/core/adapter'
import { STATUS } from '../connection/protocol.ts'
import type { Remote } from '../connection/remote.ts'
import type { Session } from '../connection/session.ts'
import type { Context } from '../context.ts'
import { hasStatus, isMissing, isNotOffered } from '../errors.ts'

/** Whether the server of a connection can replace a file in one step. */
const replacing = new WeakMap<Session, Promise<boolean>>()

/** Refuses with `Unsupported` where a file could be replaced only by deleting it first, unless that was agreed to. */
export async function assertReplaceable({ root, settings }: Context, remote: Remote): Promise<void> {
  if (settings.replace === 'delete-first') return
  const { session } = remote
  const known = replacing.get(session) ?? canReplace(remote.steady, root.at('.kvdol-none'))
  replacing.set(session, known)
  known.catch(() => replacing.delete(session))
  if (!(await known)) throw irreplaceable()
}

/** The error where a file could be replaced only by deleting it first. */
export function irreplaceable(): StoreError {
  return new StoreError(
    'Unsupported',
    "the server cannot replace a file in one step (it lacks posix-rename@openssh.com); with replace: 'delete-first' the old one is deleted first",
  )
}

/** Tried with a file that does not exist. */
async function canReplace(remote: Remote, path: string): Promise<boolean> {
  try {
    await remote.replace(path, path)
    return true
  } catch (error) {
    if (isNotOffered(error)) return false
    if (isMissing(error) || hasStatus(error, STATUS.FAILURE)) return true
    throw error
  }
}
