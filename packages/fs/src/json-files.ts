import type { AnyStore, JsonOptions, JsonValues, RevivingJsonOptions, Store } from '@kvdol/core'
import { callback, flag, jsonValues, mapKeys, option, pipe, settingsOf, suffix } from '@kvdol/core/adapter'
import { files } from './files.ts'
import { type FilesOptions, OPTIONS } from './options.ts'

export interface JsonFilesOptions extends FilesOptions, JsonOptions {
  /**
   * Only `.json` files are part of the store, and keys are without the extension.
   * @default false
   */
  hideExtension?: boolean | undefined
}

const TABLE = {
  ...OPTIONS,
  hideExtension: flag.or(false),
  space: option<string | number>('a number or a string', value => /^(number|string)$/.test(typeof value)).or(
    2,
  ),
  replacer: option<NonNullable<JsonOptions['replacer']>>(
    'a function, or a list of names',
    value => typeof value === 'function' || Array.isArray(value),
  ),
  reviver: callback<NonNullable<JsonOptions['reviver']>>(),
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
export function jsonFiles<T = unknown>(
  root: string | URL,
  options: JsonFilesOptions & RevivingJsonOptions,
): Store<string, T>
export function jsonFiles(root: string | URL, options?: JsonFilesOptions): Store<string, unknown>
export function jsonFiles<T extends JsonValues<T>>(
  root: string | URL,
  options?: JsonFilesOptions,
): Store<string, T>
export function jsonFiles(root: string | URL, options: JsonFilesOptions = {}): AnyStore {
  const { hideExtension, space, replacer, reviver, ...rest } = settingsOf('jsonFiles', TABLE, options)
  const store = files(root, rest)
  const named = hideExtension ? pipe(store, mapKeys(suffix('.json'))) : store
  return pipe(named, jsonValues({ space, replacer, reviver }))
}
