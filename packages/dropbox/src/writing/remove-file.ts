import type { DriverDeleteOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { type Context, pathOf } from '../context.ts'
import { findFile } from '../reading/find-file.ts'
import { tagOf } from '../service/refused-answer.ts'
import { isRevision } from './commit-file.ts'

/** How often a file that was replaced meanwhile is looked at again. */
const MOST_RACES = 50

/**
 * Removes the file of a name and tells whether there was one, of several callers at once to one; nothing to remove is fine,
 * except with a condition. A folder is never removed: Dropbox deletes by path and revision, and folders have none.
 */
export async function removeFile(
  context: Context,
  name: string,
  { ifMatch, signal }: DriverDeleteOptions,
): Promise<boolean> {
  for (let races = 0; ; races++) {
    const facts = await findFile(context, name, { signal })
    if (facts === undefined && ifMatch === undefined) return false
    if (facts === undefined || (ifMatch !== undefined && (facts.rev !== ifMatch || !isRevision(ifMatch))))
      throw new StoreError('Conflict', 'the value has changed, or is gone')
    try {
      const args = { path: pathOf(context, name), parent_rev: facts.rev }
      await context.link.ask('filesDeleteV2', args, { signal, writes: true })
      return true
    } catch (error) {
      const gone = tagOf(error) === 'path_lookup/not_found'
      if (gone && ifMatch === undefined) return false
      if (gone) throw new StoreError('Conflict', 'there is no value any more')
      const raced = tagOf(error)?.startsWith('path_write/conflict') === true
      if (!raced || ifMatch !== undefined || races === MOST_RACES) throw error
    }
  }
}
