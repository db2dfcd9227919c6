import { isStoreError } from '../error.ts'
import { CALL, callSettings } from '../operations/call-options.ts'
import { RETRIES } from '../operations/not-overtaken.ts'
import type { ReadOptions, Store } from '../store.ts'
import { assertSupported } from '../view/options.ts'
import { viewBehind } from '../view/over.ts'
import { freeName } from './guarding/free-name.ts'

/**
 * Stores a value beside what is there: under the key itself where it is free, else under the first free one of
 * `a (1).txt`, `a (2).txt`, …. Gives the key under which it lies; of several writers each gets a key of its own.
 *
 * Rejects `Unsupported` for a store without `ifAbsent`.
 *
 * @example
 * ```ts
 * const key = await setUnique(uploads, 'photo.jpg', bytes) // 'photo (1).jpg'
 * ```
 */
export async function setUnique<V>(
  store: Store<string, V>,
  key: string,
  value: V,
  options?: ReadOptions,
): Promise<string> {
  const settings = callSettings(store, 'setUnique', CALL, options)
  return await viewBehind(store).run('setUnique', key, value, settings, async view => {
    assertSupported(view.guarantees, 'set', { ifAbsent: true })
    for (let next = 0, conflicts = 0; ; ) {
      const { name, number } = await freeName(store, key, next, settings)
      try {
        await store.set(name, value, { ...settings, ifAbsent: true })
        return name
      } catch (error) {
        if (!isStoreError(error, 'Conflict') || ++conflicts > RETRIES) throw error
        next = number + 1
      }
    }
  })
}
