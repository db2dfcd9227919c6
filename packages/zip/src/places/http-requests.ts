import { type ErrorCode, StoreError, withoutSecrets } from '@kvdol/core'

/** What the answers of a web server mean for an archive. What is not here and over 499 is `Unavailable`. */
export const STATUSES: Readonly<Record<number, ErrorCode>> = {
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  404: 'Unavailable',
  408: 'Timeout',
  410: 'Unavailable',
  416: 'Corrupt',
  429: 'RateLimited',
  451: 'PermissionDenied',
}

/** A good answer, whose bytes are still to come. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The bytes, as they come. */
  chunks(): AsyncIterable<Uint8Array>
  /** Does without them. */
  cancel(): Promise<void>
}

/** Asks for a range of bytes. */
export type Get = (range: string, signal?: AbortSignal) => Promise<Answer>

/**
 * Sends requests for ranges. A server may take `timeout` milliseconds for its answer and for each further part of it.
 * User and password of the address go into a header, where `fetch` wants them.
 */
export function requests(address: URL, timeout: number): Get {
  const url = new URL(address)
  url.username = url.password = ''
  const secrets = [address.href, url.href, url.search, address.password, decoded(address.password)]
  const headers = { 'accept-encoding': 'identity', ...authorization(address) }
  return async (range, signal) => {
    const deadline = deadlineOf(timeout)
    const either = signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal])
    try {
      const response = await fetch(url, { headers: { ...headers, range }, signal: either })
      if (response.ok) return answerOf(response, deadline, secrets)
      await response.body?.cancel()
      throw refusal(response)
    } catch (error) {
      deadline.stop()
      throw toStoreError(error, secrets)
    }
  }
}

function answerOf(response: Response, deadline: Deadline, secrets: readonly string[]): Answer {
  const { status, headers, body } = response
  return {
    status,
    headers,
    async *chunks() {
      try {
        for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
          // Not while whoever reads takes his time.
          deadline.stop()
          yield chunk
          deadline.start()
        }
      } catch (error) {
        throw toStoreError(error, secrets)
      } finally {
        deadline.stop()
      }
    },
    async cancel() {
      deadline.stop()
      await body?.cancel()
    },
  }
}

interface Deadline {
  readonly signal: AbortSignal
  start(): void
  stop(): void
}

/** Fires when nothing has come for so many milliseconds since the start. */
function deadlineOf(milliseconds: number): Deadline {
  const controller = new AbortController()
  const late = () => controller.abort(new DOMException('nothing has come in time', 'TimeoutError'))
  let timer: NodeJS.Timeout | undefined
  const stop = () => clearTimeout(timer)
  const start = () => {
    stop()
    timer = setTimeout(late, milliseconds).unref()
  }
  start()
  return { signal: controller.signal, start, stop }
}

function authorization({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {}
  const pair = `${decoded(username)}:${decoded(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** What a part of an address stands for; itself, where its percent signs stand for nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function refusal({ status, headers }: Response): StoreError {
  const code = STATUSES[status] ?? (status >= 500 ? 'Unavailable' : 'Unknown')
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return new StoreError(code, `the server answered ${status}`, {
    ...(status === 404 || status === 410 ? { retryable: false } : {}),
    ...(code === 'RateLimited' && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {}),
  })
}

function toStoreError(error: unknown, secrets: readonly string[]): unknown {
  if (error instanceof StoreError) return error
  const late = (error as Error | null)?.name === 'TimeoutError'
  const told = late
    ? 'the server took too long (option timeout)'
    : 'the server could not be reached, or broke off'
  return new StoreError(late ? 'Timeout' : 'Unavailable', told, { cause: withoutSecrets(error, secrets) })
}
