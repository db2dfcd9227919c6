import type { MaybePromise } from '../driver.ts'
import { closed } from '../view/abort.ts'
import { isPromise } from '../when-ready.ts'
import { quietly } from './call.ts'

/** A client, a connection or a pool that an adapter works with. */
export interface Resource<T> {
  /** The client. Rejects `Closed` after `close`, and what opening it rejected. */
  get(): MaybePromise<T>
  /** This client is of no use any more; it is ended, and the next call opens another. */
  lost(resource: T): void
  /** Ends what was opened, also what is being opened; what was given stays open. */
  close(): Promise<void>
}

/** A client of the caller, who ends it. */
export function given<T>(client: T): Resource<T> {
  const resource = opened(
    () => client,
    () => {},
  )
  return { ...resource, lost() {} }
}

/**
 * A client of our own, opened at the first call: once, however many calls wait for it, and again by the next call if
 * that failed. `end` releases it.
 *
 * @example
 * ```ts no-run="needs a server"
 * const client = opened(
 *   async () => new (await import('@aws-sdk/client-s3')).S3Client({}),
 *   client => client.destroy(),
 * )
 * ```
 */
export function opened<T>(
  open: () => MaybePromise<T>,
  end: (resource: T) => MaybePromise<void>,
): Resource<T> {
  let current: { readonly resource: T } | undefined
  let opening: Promise<T> | undefined
  let closing: Promise<void> | undefined

  return {
    get() {
      if (closing !== undefined) return Promise.reject(closed())
      if (current !== undefined) return current.resource
      return opening ?? begin()
    },
    lost(resource) {
      if (current?.resource !== resource) return
      current = undefined
      quietly(() => end(resource))
    },
    close() {
      closing ??= finish()
      return closing
    },
  }

  function begin(): MaybePromise<T> {
    const result = open()
    if (!isPromise(result)) return keep(result)
    opening = result.then(keep).finally(() => {
      opening = undefined
    })
    return opening
  }

  function keep(resource: T): T {
    current = { resource }
    if (closing !== undefined) throw closed()
    return resource
  }

  async function finish(): Promise<void> {
    await opening?.catch(() => {})
    if (current !== undefined) await end(current.resource)
  }
}
