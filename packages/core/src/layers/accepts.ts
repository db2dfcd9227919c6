import { isStoreError, type StoreError } from '../error.ts'
import { CALL, callSettings } from '../operations/call-options.ts'
import type { AnyReader, KeyOf, ReadOptions, ValueOf } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { refuse } from './guarding/refuse.ts'

/** Whether a store would take an entry, and if not, what `set` would reject with. */
export type Acceptance =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly error: StoreError }

/**
 * Whether the store would take this value at this key, or any value at this key when none is given, without writing: for
 * forms and dry runs. Looks at the key and the value through all transforms, at what the store, its layers and its
 * driver refuse, and at nothing that only the storage itself knows before it is asked (a full disk, a missing right).
 *
 * Rejects `Closed`, `Aborted`, and what is `retryable`: then it cannot be told. A function as policy of `onOverwrite` is
 * not asked.
 *
 * @example
 * ```ts
 * const answer = await accepts(notes, field.value)
 * if (!answer.accepted) field.setCustomValidity(answer.error.detail)
 * ```
 */
export async function accepts<S extends AnyReader>(
  store: S,
  key: KeyOf<S>,
  value?: ValueOf<S>,
  options?: ReadOptions,
): Promise<Acceptance> {
  const { signal } = callSettings(store, 'accepts', CALL, options)
  try {
    await viewBehind(store).run('accepts', key, value, signal && { signal }, refuse)
    return { accepted: true }
  } catch (error) {
    if (!isStoreError(error) || error.retryable || isStoreError(error, 'Closed', 'Aborted')) throw error
    return { accepted: false, error }
  }
}
