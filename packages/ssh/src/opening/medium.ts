import { StoreError } from '@kvdol/core/adapter'
import { temporaryName } from '@kvdol/fs/file'
import { OPEN } from '../connection/protocol.ts'
import type { Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { discard } from '../writing/create-file.ts'

/**
 * Refuses with `Incompatible` a server whose files do not tell upper from lower case, or one Unicode spelling from
 * another: two keys could then be one file. It is tried with a file that is made for it, as no server says.
 */
export async function assertDistinctNames(context: Context, remote: Remote): Promise<void> {
  const name = temporaryName().replace('-t-', '-t-\u00e9')
  const path = context.root.at(name)
  await remote.close(await remote.open(path, OPEN.WRITE | OPEN.CREATE | OPEN.EXCLUSIVE, 0o600))
  const others = [name.toUpperCase(), name.normalize('NFD')].map(other => context.root.at(other))
  const found = await Promise.all(others.map(other => remote.lstat(other)))
  await discard(context, remote, path)
  if (found.every(attributes => attributes === undefined)) return
  const detail =
    "the server takes names that differ in case or in Unicode spelling for one; use keys: 'encoded'"
  throw new StoreError('Incompatible', detail)
}
