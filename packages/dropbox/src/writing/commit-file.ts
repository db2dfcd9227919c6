import type { DriverWriteOptions } from '@kvdol/core'
import { assertNotAborted, isStoreError, StoreError } from '@kvdol/core/adapter'
import { type Context, isSameName, pathOf } from '../context.ts'
import type { FileFacts } from '../reading/file-facts.ts'
import { look } from '../reading/find-file.ts'
import { tagOf } from '../service/refused-answer.ts'
import type { Commit, Mode } from './commit.ts'

/** How often a write begins again because somebody else has written meanwhile. */
const MOST_RACES = 50

/** Puts a value in place as the options say. */
export async function commitFile(
  context: Context,
  name: string,
  commit: Commit,
  options: DriverWriteOptions,
): Promise<void> {
  if (context.settings.keys === 'encoded') await committed(commit, modeOf(options))
  else await commitPlain(context, name, commit, options)
}

function modeOf({ ifAbsent, ifMatch }: DriverWriteOptions): Mode {
  if (ifMatch !== undefined) return { rev: ifMatch }
  return ifAbsent === true ? 'add' : 'overwrite'
}

/** The commit; that there is no file to update is a conflict too, and an etag of another store is no revision. */
async function committed(commit: Commit, mode: Mode): Promise<FileFacts> {
  if (typeof mode !== 'string' && !isRevision(mode.rev))
    throw new StoreError('Conflict', 'the value has changed: its etag is another one')
  try {
    return await commit(mode)
  } catch (error) {
    if (typeof mode !== 'string' && isStoreError(error, 'NotFound'))
      throw new StoreError('Conflict', 'there is no value any more')
    throw error
  }
}

/** What Dropbox takes for a revision; it refuses other texts as malformed. */
export function isRevision(etag: string): boolean {
  return /^[0-9a-f]{9,}$/.test(etag)
}

/**
 * With plain keys Dropbox takes `A` for `a`, so what is there is looked at, and then replaced only if it is still that;
 * somebody else's write in between makes it begin again.
 */
async function commitPlain(
  context: Context,
  name: string,
  commit: Commit,
  options: DriverWriteOptions,
): Promise<void> {
  for (let races = 0; ; races++) {
    assertNotAborted(options.signal)
    const mode = await modeFor(context, name, options)
    try {
      const facts = await committed(commit, mode)
      if (isSameName(context, facts, name)) return
      await withdraw(context, name, facts)
      throw caseClash(facts.path_display)
    } catch (error) {
      const raced = isStoreError(error, 'Conflict') && tagOf(error) === 'path/conflict/file'
      if (!raced || options.ifAbsent || options.ifMatch !== undefined || races === MOST_RACES) throw error
    }
  }
}

/** How to write so that only the file of this name, in this case, is made or replaced. */
async function modeFor(context: Context, name: string, options: DriverWriteOptions): Promise<Mode> {
  const found = await look(context, name, options, true)
  if (found?.is === 'folder')
    throw new StoreError('InvalidKey', "there are keys below this one; use keys: 'encoded'", {
      reason: 'prefix-of-other',
    })
  if (found !== undefined) {
    if (!isSameName(context, found.facts, name)) throw caseClash(found.facts.path_display)
    if (options.ifAbsent) throw new StoreError('Conflict', 'there is a value already')
    return { rev: options.ifMatch ?? found.facts.rev }
  }
  if (options.ifMatch !== undefined) throw new StoreError('Conflict', 'there is no value any more')
  await checkFolders(context, name, options)
  return 'add'
}

/** How many folders are remembered. */
const MOST_FOLDERS = 10_000

/** Refuses a key below a folder that differs in case. */
async function checkFolders(context: Context, name: string, options: DriverWriteOptions): Promise<void> {
  const { folders } = context
  for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
    const folder = name.slice(0, end)
    if (folders.has(folder)) return
    const found = await look(context, folder, options, true)
    if (found === undefined) continue
    const display = found.is === 'folder' ? found.display : undefined
    if (display !== undefined && !display.endsWith(`/${folder}`)) throw caseClash(display)
    if (folders.size === MOST_FOLDERS) folders.clear()
    folders.add(folder)
    return
  }
}

/** Removes what came under a folder that somebody made meanwhile in another case. */
async function withdraw(context: Context, name: string, { rev }: FileFacts): Promise<void> {
  context.folders.clear()
  const args = { path: pathOf(context, name), parent_rev: rev }
  await context.link.ask('filesDeleteV2', args, { writes: true })
}

function caseClash(display = 'another name'): StoreError {
  return new StoreError(
    'InvalidKey',
    `Dropbox does not tell it from ${display}, which differs in case only; use keys: 'encoded'`,
    { reason: 'case-clash' },
  )
}
