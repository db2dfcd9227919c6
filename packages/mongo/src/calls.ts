import {
  type AbandonedWrites,
  abandonedWrites,
  assertNotAborted,
  call,
  callEach,
  isPromise,
  isStoreError,
  type Resource,
  whenReady,
} from '@kvdol/core/adapter'
import { lastConnectionError } from './opening/last-connection-error.ts'
import type { MongoCursor, MongoRecord } from './shapes.ts'

/** Where a collection, a database or a client comes from. */
export type Source<T> = Pick<Resource<T>, 'get'>

/** Does something with what is called; `how` are the options, with the signal that ends the call. */
type Work<T, R> = (target: T, how: object) => R

/** Calls to a collection, a database or a client that end at a deadline, and when their caller aborts. */
export interface Calls<T> {
  /** One call of the server. */
  ask<R>(options: object, work: Work<T, Promise<R>>): Promise<R>
  /** One call that changes something. Later ones wait for it where its caller gives it up. */
  write<R>(options: object, work: Work<T, Promise<R>>): Promise<R>
  /** A query, which is sent when its documents are asked for. */
  query(options: object, work: Work<T, MongoCursor>): Documents
}

/** The documents of a query. */
export interface Documents {
  /** All of them, by one call. */
  all(): Promise<MongoRecord[]>
  /** All of them in the parts in which the server sends them; each part has the whole time. */
  parts(): AsyncGenerator<MongoRecord[], void, undefined>
}

/**
 * Calls of a caller with this signal. The driver's own `timeoutMS` has no effect on single calls, and its other deadlines
 * belong to a client.
 */
export function callsOf<T>(
  source: Source<T>,
  timeout: number,
  signal?: AbortSignal,
  writes: AbandonedWrites = abandonedWrites(),
): Calls<T> {
  return {
    ask: (options, work) => sent(options, work, signal),
    write,
    query: (options, work) => ({
      all: () => sent(options, (target, how) => work(target, how).toArray(), signal),
      async *parts() {
        const ended = new AbortController()
        const batches = batchesOf(async () => work(await source.get(), { ...options, signal: ended.signal }))
        try {
          yield* callEach(batches, { timeout, signal, abandon: () => ended.abort() })
        } catch (error) {
          throw explained(error)
        }
      },
    }),
  }

  async function write<R>(options: object, work: Work<T, Promise<R>>): Promise<R> {
    const untimed = { timeout: Number.POSITIVE_INFINITY, signal }
    await call(() => writes.ended(), untimed)
    assertNotAborted(signal)
    const written = sent(options, work, undefined)
    writes.add(written, signal)
    return signal === undefined ? await written : await call(() => written, untimed)
  }

  async function sent<R>(
    options: object,
    work: Work<T, Promise<R>>,
    signal: AbortSignal | undefined,
  ): Promise<R> {
    const send = (ended: AbortSignal) =>
      whenReady(source.get(), target => work(target, { ...options, signal: ended }))
    try {
      return await call(send, { timeout, signal })
    } catch (error) {
      throw explained(error)
    }
  }

  /** A call that took too long because no server is there fails with what the driver met when it tried to connect. */
  function explained(error: unknown): unknown {
    const target = isStoreError(error, 'Timeout') ? source.get() : undefined
    return (!isPromise(target) && lastConnectionError(target)) || error
  }
}

async function* batchesOf(open: () => Promise<MongoCursor>): AsyncGenerator<MongoRecord[], void, undefined> {
  const cursor = await open()
  try {
    while (await cursor.hasNext()) yield cursor.readBufferedDocuments()
  } finally {
    await cursor.close().catch(() => {})
  }
}
