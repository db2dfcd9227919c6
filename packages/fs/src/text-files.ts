import type { Store } from '@kvdol/core'
import { pipe, textValues } from '@kvdol/core/adapter'
import { files } from './files.ts'
import type { FilesOptions } from './options.ts'

/**
 * A folder of UTF-8 text files: {@link files} with strings as values. Reading a file of other bytes rejects `Corrupt`.
 *
 * @example
 * ```ts
 * const notes = textFiles('notes')
 * await notes.set('todo/monday.txt', 'water the plants')
 * ```
 */
export function textFiles(root: string | URL, options?: FilesOptions): Store<string, string> {
  return pipe(files(root, options), textValues())
}
