import { type JsonOptions, jsonValues, mapKeys, pipe, type Store, suffix } from '@kvdol/core'
import { files } from './files.ts'
import type { FilesOptions } from './options.ts'

export interface JsonFilesOptions extends FilesOptions, JsonOptions {
  /**
   * Only `.json` files are part of the store, and keys are without the extension.
   * @default false
   */
  hideExtension?: boolean | undefined
}

/**
 * A folder of JSON files, indented by two spaces unless `space` says otherwise. Reading a file that is not JSON rejects
 * `Corrupt`.
 *
 * @example
 * ```ts
 * const users = jsonFiles<User>('users', { hideExtension: true })
 * await users.set('ann', { name: 'Ann' }) // users/ann.json
 * ```
 */
export function jsonFiles<T = unknown>(root: string | URL, options: JsonFilesOptions = {}): Store<string, T> {
  const { hideExtension = false, space = 2, replacer, reviver, ...rest } = options
  if (typeof hideExtension !== 'boolean') throw new TypeError('jsonFiles: hideExtension is true or false')
  const store = files(root, rest)
  const named = hideExtension ? pipe(store, mapKeys(suffix('.json'))) : store
  return pipe(named, jsonValues<T>({ space, replacer, reviver }))
}
