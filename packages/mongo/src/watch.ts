import type { AnyReader, KeyOf } from '@kvdol/core'
import {
  abortSignal,
  assertNotAborted,
  callSettingsOf,
  type OptionsOf,
  runOn,
  StoreError,
} from '@kvdol/core/adapter'
import { blobsStores } from './blobs/opening/context.ts'
import { eventsOf } from './change-events.ts'
import type { CollectionCalls } from './collection-calls.ts'
import { documentsStores } from './documents/opening/context.ts'

/** Something that has happened to a key. */
export interface Change<K> {
  readonly kind: 'set' | 'delete'
  readonly key: K
}

const SIGNAL = {
  /** Ends the loop when it fires. */
  signal: abortSignal,
}

/**
 * What happens to the keys of a store from now on, until the loop is left or the signal fires. The first change comes
 * after the first `next`. A key that the store's filter does not show any more counts as deleted.
 *
 * The key is `_id`, and no transforms are applied to it. Rejects `Unsupported` where the server has no change streams,
 * which only replica sets have, and `Unavailable` when the collection is dropped or renamed.
 *
 * @example
 * ```ts
 * for await (const { kind, key } of watch(notes)) console.log(kind, key)
 * ```
 */
export async function* watch<S extends AnyReader>(
  store: S,
  options: OptionsOf<typeof SIGNAL> = {},
): AsyncGenerator<Change<KeyOf<S>>, void, undefined> {
  const call = { op: 'watch', writes: false, signal: options?.signal }
  const { calls, isKey } = await runOn(store, call, driver => {
    callSettingsOf('watch', SIGNAL, options)
    return watchable(driver)
  })
  try {
    for await (const event of eventsOf(calls.withSignal(call.signal), call.signal)) {
      const key = event?.documentKey?._id
      if (event === undefined || !isKey(key)) continue
      const there =
        event.operationType !== 'delete' && (await runOn(store, call, driver => driver.has?.(key, call)))
      yield { kind: there ? 'set' : 'delete', key: key as KeyOf<S> }
    }
    assertNotAborted(call.signal)
  } catch (error) {
    // Not around each step: closing the store would wait for the next event.
    await runOn(store, call, () => Promise.reject(error))
  }
}

/** What of a store can be watched. Throws `Unsupported`. */
function watchable(driver: object): { calls: CollectionCalls; isKey: (key: unknown) => boolean } {
  const blobs = blobsStores.find(driver)
  if (blobs !== undefined) return { calls: blobs.values, isKey: key => typeof key === 'string' }
  const { calls, form, window } = documentsStores.get(driver, 'watch')
  if (form.keyNames.join() !== '_id' || window !== undefined)
    throw new StoreError('Unsupported', 'watch needs a store whose key is _id, without limit and skip')
  return { calls, isKey: () => true }
}
