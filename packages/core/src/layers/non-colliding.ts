import { CALL, callSettings } from '../operations/call-options.ts'
import type { Reader, ReadOptions } from '../store.ts'
import { freeName } from './guarding/free-name.ts'

/**
 * The key itself where it is free, else the first free one of `a (1).txt`, `a (2).txt`, …. Asks the store once for each
 * that is taken. Somebody may take it before you write: `setUnique` writes in one step.
 *
 * @example
 * ```ts
 * const name = await nonColliding(uploads, 'photo.jpg') // 'photo (1).jpg'
 * ```
 */
export async function nonColliding<V>(
  store: Reader<string, V>,
  key: string,
  options?: ReadOptions,
): Promise<string> {
  const settings = callSettings(store, 'nonColliding', CALL, options)
  const { name } = await freeName(store, key, 0, settings)
  return name
}
