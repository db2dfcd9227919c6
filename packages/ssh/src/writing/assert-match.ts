import { StoreError } from '@kvdol/core/adapter'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { statFile } from '../reading/read-file.ts'
import { gone } from './conflicts.ts'

/** Refuses unless the value has this etag. Exact as long as everybody who writes under a condition holds the lock. */
export async function assertMatch(
  context: Context,
  remote: Remote,
  relative: string,
  etag: string,
): Promise<void> {
  const found = await statFile(context, remote, relative)
  if (found === undefined) throw gone()
  if (found.etag !== etag) throw new StoreError('Conflict', 'the value has changed since')
}
