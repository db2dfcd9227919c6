import type { AnyReader, KeyOf } from '../store.ts'
import { callSettings } from './call-options.ts'
import { LOCATE, type LocateOptions, located } from './located.ts'

/**
 * The path of the file where the value of `key` lies, or would lie, for programs that take a path. It may be read there;
 * write through the store.
 *
 * Rejects `Unsupported` for a store whose values are no files, and for one that decodes its values unless `raw`.
 *
 * @example
 * ```ts
 * execFile('ffmpeg', ['-i', await pathOf(films, 'intro.mp4'), 'intro.webm'])
 * ```
 */
export async function pathOf<S extends AnyReader>(
  store: S,
  key: KeyOf<S>,
  options?: LocateOptions,
): Promise<string> {
  const settings = callSettings(store, 'pathOf', LOCATE, options)
  return await located(
    store,
    'pathOf',
    key,
    settings,
    'the values of this store are no files; copy the value to one: files() of @kvdol/fs keeps values in files',
  )
}
