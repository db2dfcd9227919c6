import type { ReadOptions } from '@kvdol/core'
import {
  call,
  isPassing,
  isStoreError,
  opened,
  type RetryPolicy,
  retry,
  StoreError,
} from '@kvdol/core/adapter'
import { toStoreError } from '../errors.ts'
import type { Connection } from '../options.ts'
import { apiArg } from './api-arg.ts'
import { RefusedAnswer } from './refused-answer.ts'
import { type ArgumentsOf, loadSdk, type ResultOf, type Route, type Sdk } from './sdk.ts'
import { tokensOf } from './tokens.ts'

/** A request about the content of a file. */
export interface ContentCall extends ReadOptions {
  /** What comes after `/2/`: `'files/download'`. */
  readonly route: string
  readonly arg: object
  readonly body?: Uint8Array
  /** The header `Range`. */
  readonly range?: string
  /** It changes what is stored, so that a lost answer leaves the outcome in doubt. */
  readonly writes?: boolean
}

/** How Dropbox is asked. Every rejection is a `StoreError`, with the {@link RefusedAnswer} as its cause if it is one. */
export interface Link {
  readonly timeout: number
  /** Asks by the SDK; `waits` is how long Dropbox may hold the answer back, in milliseconds. */
  ask<R extends Route>(
    route: R,
    args: ArgumentsOf<R>,
    options: ReadOptions & { readonly writes?: boolean; readonly waits?: number },
  ): Promise<ResultOf<R>>
  /** Asks by `fetch`, as the SDK holds contents whole. The body of the answer has not been read. */
  content(request: ContentCall): Promise<Response>
  /** What no error may tell. */
  secrets(): (string | undefined)[]
  close(): Promise<void>
}

/** Where the SDK sends its calls: about files, and those that wait for changes, which tell no token. */
const SDK_HOST = /^https:\/\/(api|notify)\.dropboxapi\.com(?=\/)/

/** How many bytes of an upload a slow connection takes in a millisecond, at least. */
const SLOWEST = 32

/** A connection to Dropbox. The SDK is loaded, and a token fetched, by the first call. */
export function linkOf(connection: Connection): Link {
  const { timeout, pathRoot } = connection
  const [api, content, notify] = [connection.apiUrl, connection.contentUrl, connection.notifyUrl].map(
    url => new URL(url).origin,
  ) as [string, string, string]
  const origins: Readonly<Record<string, string>> = { api, notify }
  const sdk = opened(loadSdk, () => {})
  const tokens = tokensOf(connection, (url, init) => fetch(...tokenRequest(api, String(url), init, timeout)))
  const namespace =
    pathRoot === undefined ? undefined : apiArg({ '.tag': 'namespace_id', namespace_id: pathRoot })

  return {
    timeout,
    secrets: tokens.secrets,
    close: () => sdk.close(),
    ask(route, args, { signal, writes = false, waits = 0 }) {
      type Result = ResultOf<typeof route>
      return persist(writes, signal, timeout + waits, async (loaded, accessToken, ending) => {
        const client = new loaded.Dropbox({
          accessToken,
          ...(namespace !== undefined && { pathRoot: namespace }),
          fetch: (url: string, init: RequestInit) =>
            fetch(
              url.replace(SDK_HOST, (_, host) => origins[host] as string),
              { ...init, redirect: 'manual', signal: ending },
            ),
        })
        const ask = client[route] as (given: typeof args) => Promise<{ result: Result }>
        const { result } = await ask.call(client, args)
        if (typeof result !== 'object' || result === null) throw notDropbox(writes)
        return result
      })
    },
    content({ route, arg, body, range, writes = false, signal }) {
      const patience = timeout + Math.ceil((body?.byteLength ?? 0) / SLOWEST)
      const headers = {
        'Dropbox-API-Arg': apiArg(arg),
        ...(body !== undefined && { 'Content-Type': 'application/octet-stream' }),
        ...(range !== undefined && { Range: range }),
        ...(namespace !== undefined && { 'Dropbox-API-Path-Root': namespace }),
      }
      return persist(writes, signal, patience, async (_, token, ending) => {
        const response = await fetch(`${content}/2/${route}`, {
          method: 'POST',
          headers: { ...headers, Authorization: `Bearer ${token}` },
          redirect: 'manual',
          signal: ending,
          // TypeScript does not take bytes over shared memory for a body.
          ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> }),
        })
        if (response.ok) return response
        throw new RefusedAnswer(
          response.status,
          parsed(await response.text()),
          response.headers.get('retry-after'),
        )
      })
    },
  }

  /** Does a request, again after failures that pass, and once more with another token where that one is refused. */
  async function persist<T>(
    writes: boolean,
    signal: AbortSignal | undefined,
    patience: number,
    request: (sdk: Sdk, token: string, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const attempt = async () => {
      try {
        const loaded = await sdk.get()
        const token = await call(() => quiet(tokens.current(loaded)), { timeout, signal })
        return await authorised(loaded, token)
      } catch (error) {
        throw toStoreError(error, writes)
      }
    }
    const authorised = async (loaded: Sdk, token: string): Promise<T> => {
      const asked = (given: string) =>
        call(ending => request(loaded, given, ending), { timeout: patience, signal, release })
      try {
        return await asked(token)
      } catch (error) {
        if (statusOf(error) !== 401) throw error
        const other = await call(() => quiet(tokens.instead(loaded, token)), { timeout, signal })
        if (other === undefined) throw error
        return await asked(other)
      }
    }
    let failures = 0
    const when = (error: unknown) =>
      isPassing(error) && (isStoreError(error, 'RateLimited') || ++failures < MOST_FAILURES)
    return await retry(attempt, { ...PATIENCE, when, within: timeout, signal })
  }
}

/** For a service that asks for fewer requests; the time that it asks for is added to each pause. */
const PATIENCE: RetryPolicy = { attempts: 10, pause: 50, longest: 2000 }

/** How often a request may fail in other ways that pass. */
const MOST_FAILURES = 3

/** A token that is fetched changes nothing, so that its failure leaves no write in doubt. */
async function quiet<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toStoreError(error, false)
  }
}

function statusOf(error: unknown): number | undefined {
  return isStoreError(error) ? undefined : (error as { status?: number }).status
}

/** The request for a token, with what is secret in its body instead of its address. */
function tokenRequest(
  api: string,
  address: string,
  init: RequestInit | undefined,
  timeout: number,
): [string, RequestInit] {
  const { pathname, searchParams } = new URL(address)
  // One that hangs would hold up every later call.
  const signal = AbortSignal.timeout(timeout)
  return [`${api}${pathname}`, { ...init, headers: {}, body: searchParams, redirect: 'manual', signal }]
}

/** The error for an answer that Dropbox cannot have given: of a proxy, of a page to log in. */
export function notDropbox(writes: boolean): StoreError {
  const outcome = writes ? 'unknown' : 'not-applied'
  return new StoreError('Unavailable', 'the answer is not one of Dropbox', { outcome })
}

/** An answer that came too late. */
function release(late: unknown): void {
  if (late instanceof Response) late.body?.cancel().catch(() => {})
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
