import type { ReadOptions } from '@kvdol/core'
import { type Context, isSameName, pathOf } from '../context.ts'
import { tagOf } from '../service/refused-answer.ts'
import type { FileFacts } from './file-facts.ts'

/** What is at a path, in whatever case. */
export type Found =
  | { readonly is: 'file'; readonly facts: FileFacts }
  | { readonly is: 'folder'; readonly display: string }
  | undefined

/** Looks what is at the path of a name; Dropbox does not tell cases apart. */
export async function look(
  context: Context,
  name: string,
  { signal }: ReadOptions,
  writes = false,
): Promise<Found> {
  try {
    const found = await context.link.ask('filesGetMetadata', { path: pathOf(context, name) }, { signal })
    if (found['.tag'] === 'file') return { is: 'file', facts: found }
    return found['.tag'] === 'folder' ? { is: 'folder', display: found.path_display ?? '' } : undefined
  } catch (error) {
    // A path below a file, or one that Dropbox would refuse to write.
    if (tagOf(error) === 'path/not_found' || (!writes && isNoName(error))) return undefined
    throw error
  }
}

/** What Dropbox tells of the file of a name; `undefined` when there is none. */
export async function findFile(
  context: Context,
  name: string,
  options: ReadOptions,
): Promise<FileFacts | undefined> {
  const found = await look(context, name, options)
  return found?.is === 'file' && isSameName(context, found.facts, name) ? found.facts : undefined
}

/** Whether Dropbox says of a path that it can hold nothing. */
export function isNoName(error: unknown): boolean {
  return ['path/malformed_path', 'path/not_file', 'path/not_folder'].includes(tagOf(error) ?? '')
}
