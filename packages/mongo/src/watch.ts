import { type AnyReader, driverOf, type KeyOf, type ReadOptions, StoreError } from '@kvdol/core'
import { isReplicated } from './deployment.ts'
import { assertGoing } from './going.ts'
import { internalsOf } from './internals.ts'
import { reading } from './with-store.ts'

/** Something that has happened to a key. */
export interface Change<K> {
  readonly kind: 'set' | 'delete'
  readonly key: K
}

/** What is looked at of an event of a change stream. */
interface ChangeEvent {
  readonly operationType: string
  readonly documentKey?: { readonly _id: unknown }
}

/** Kinds of events that say something of a document. */
const OF_DOCUMENTS = ['insert', 'update', 'replace', 'delete']

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
  { signal }: ReadOptions = {},
): AsyncGenerator<Change<KeyOf<S>>, void, undefined> {
  const kind = isBlobs(store) ? 'blobs' : 'documents'
  const { collection, fail, isKey } = await reading(store, 'watch', kind, async context => {
    const { collection, fail } = context
    if ('form' in context && (context.form.keyNames.join() !== '_id' || context.window !== undefined))
      throw new StoreError('Unsupported', 'watch needs a store whose key is _id, without limit and skip')
    if (!(await isReplicated(collection, fail)))
      throw new StoreError('Unsupported', 'this server has no change streams; they need a replica set')
    return { collection, fail, isKey: (key: unknown) => 'form' in context || typeof key === 'string' }
  })
  const stream = collection.watch([], {})
  const stop = () => void stream.close()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for await (const event of stream as AsyncIterable<ChangeEvent>) {
      assertGoing(signal)
      if (!OF_DOCUMENTS.includes(event.operationType))
        throw new StoreError('Unavailable', `the collection is gone (${event.operationType})`)
      const key = event.documentKey?._id
      if (!isKey(key)) continue
      const there = event.operationType !== 'delete' && (await driverOf(store).has?.(key, {}))
      yield { kind: there ? 'set' : 'delete', key: key as KeyOf<S> }
    }
    assertGoing(signal)
  } catch (error) {
    assertGoing(signal)
    fail.reading(error)
  } finally {
    signal?.removeEventListener('abort', stop)
    await stream.close()
  }
}

function isBlobs(store: AnyReader): boolean {
  try {
    return internalsOf(store, 'watch', 'blobs') !== undefined
  } catch {
    return false
  }
}
