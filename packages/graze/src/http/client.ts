import { StoreError } from '@kvdol/core'
import { assertNotAborted, opened, retry } from '@kvdol/core/adapter'
import { RefusedAnswer, toStoreError } from '../errors.ts'
import type { InternetSettings } from '../options.ts'
import { discard } from './body.ts'
import { type Answer, follow } from './follow.ts'
import { headerOf } from './headers.ts'
import { headersFor } from './own-headers.ts'
import type { Headers, Request } from './request.ts'

/** Sent with every request; ranges and lengths then speak of the content itself. */
const ALWAYS: Headers = { 'accept-encoding': 'identity' }

const ABSENT = [404, 410]

export interface Question extends Omit<Request, 'headers'> {
  readonly headers?: Headers
  /** Statuses that are an answer. */
  readonly good: readonly number[]
}

/** Asks web servers, and knows what their statuses mean. */
export interface Client {
  /** The answer, or `undefined` when there is nothing at the address; asks once. Rejects with a `StoreError`. */
  ask(url: URL, question: Question): Promise<Answer | undefined>
  /** Does work that asks, and again while that fails in a passing way. */
  persist<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>
  close(): Promise<void>
}

export function clientOf(settings: InternetSettings): Client {
  const { timeout, retries, redirects } = settings
  // Together with the library, which need not be loaded before.
  const transport = opened(
    async () => (await import('./transport.ts')).openTransport(settings),
    each => each.close(),
  )
  return {
    async ask(url, { method, headers, good, signal }) {
      assertNotAborted(signal)
      try {
        const { send } = await transport.get()
        const own = await headersFor(settings, url)
        const answer = await follow(
          send,
          url,
          { method, signal, headers: { ...ALWAYS, ...headers }, own },
          redirects,
        )
        if (good.includes(answer.status)) return answer
        discard(answer)
        if (ABSENT.includes(answer.status)) return undefined
        throw new RefusedAnswer(answer.status, headerOf(answer.headers, 'retry-after'))
      } catch (error) {
        if (signal?.aborted) throw new StoreError('Aborted', 'the call was aborted', { cause: signal.reason })
        throw toStoreError(error)
      }
    },
    // What has taken its time already is not begun again.
    persist: async (work, signal) => await retry(work, { attempts: retries + 1, within: timeout, signal }),
    close: () => transport.close(),
  }
}
