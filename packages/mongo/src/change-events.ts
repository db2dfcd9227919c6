import { onAbort, StoreError } from '@kvdol/core/adapter'
import type { CollectionCalls } from './collection-calls.ts'
import { isReplicated } from './opening/server-facts.ts'

/** What is looked at of an event of a change stream. */
export interface ChangeEvent {
  readonly operationType: string
  readonly documentKey?: { readonly _id: unknown }
}

/** What is needed of a change stream, whose cursor is opened by the first look. */
interface ChangeStream extends AsyncIterable<ChangeEvent> {
  tryNext(): Promise<ChangeEvent | null>
  close(): Promise<void>
}

/** Kinds of events that say something of a document. */
const OF_DOCUMENTS = ['insert', 'update', 'replace', 'delete']

/**
 * What happens to the documents of a collection, until the signal fires; `undefined` once every later event will come.
 * Throws `Unsupported` where the server has no change streams, which only replica sets have, and `Unavailable` when the
 * collection is dropped or renamed.
 */
export async function* eventsOf(
  calls: CollectionCalls,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChangeEvent | undefined, void, undefined> {
  if (!(await isReplicated(calls)))
    throw new StoreError('Unsupported', 'this server has no change streams; they need a replica set')
  const open = async (collection: { watch(pipeline: [], options: object): unknown }) =>
    collection.watch([], {}) as ChangeStream
  const stream = await calls.ask({}, open)
  const ignore = signal && onAbort(signal, () => void stream.close())
  try {
    const first = await stream.tryNext()
    yield undefined
    if (first !== null) yield checked(first)
    for await (const event of stream) yield checked(event)
  } catch (error) {
    // Closing the stream ends the wait for its next event by an error.
    if (signal?.aborted !== true) throw error
  } finally {
    ignore?.()
    await stream.close()
  }
}

function checked(event: ChangeEvent): ChangeEvent {
  if (OF_DOCUMENTS.includes(event.operationType)) return event
  throw new StoreError('Unavailable', `the collection is gone (${event.operationType})`)
}
