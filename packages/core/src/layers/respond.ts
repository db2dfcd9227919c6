import { checkBytes } from '../check.ts'
import { isStoreError } from '../error.ts'
import { callSettings } from '../operations/call-options.ts'
import { getWithStat } from '../operations/get-with-stat.ts'
import { notOvertaken, overtaken } from '../operations/not-overtaken.ts'
import { readStream } from '../operations/read-stream.ts'
import { flag, mediaType } from '../options/kinds.ts'
import { option } from '../options/option.ts'
import type { OptionsOf, SettingsOf } from '../options/settings-of.ts'
import type { Bytes, Reader, Stat } from '../store.ts'
import { viewBehind } from '../view/over.ts'
import { byteRange, type Part } from './web/byte-range.ts'
import { fitsParts, type HeadersLike, precondition, validatorsOf } from './web/preconditions.ts'

/** What is asked: a `Request` of the web, or what has as much of it. */
export interface RequestLike {
  readonly method: string
  readonly headers: HeadersLike
  readonly signal?: AbortSignal | undefined
}

const OPTIONS = {
  /**
   * The media type of a value of which the store knows none.
   * @default 'application/octet-stream'
   */
  contentType: mediaType.or('application/octet-stream'),
  /** Further headers of answers that give a value, or say that the client has it: `cache-control` and others. */
  headers: option<Readonly<Record<string, string>>>('an object of texts by name', isHeaders),
  /**
   * Hands the value on as it comes, and only the part that is asked for, in place of holding it in memory. That takes
   * three requests to the storage, so that etag and bytes are of one moment.
   * @default false
   */
  stream: flag.or(false),
}

/** How {@link respond} answers. */
export type RespondOptions = OptionsOf<typeof OPTIONS>

/**
 * Answers a request for the value at `key`, by one request to the storage where it gives value and stat in one: `GET` and
 * `HEAD`, with `etag`, `last-modified` and `content-type` from the stat, conditions (`if-match`, `if-none-match`,
 * `if-modified-since`, `if-unmodified-since`), and `range` with `if-range` for one range of bytes.
 *
 * The status is 200, 206, 304, 404 (also for what cannot be a key), 405, 412 or 416; answers without a value have no body.
 * Whatever else fails rejects with the store's error; so does `stream` when somebody writes all the time (`Conflict`). The
 * call ends with the signal of the request.
 *
 * @example
 * ```ts
 * const site = files('public')
 * const serve = (request: Request) => respond(site, new URL(request.url).pathname.slice(1), request)
 * ```
 */
export async function respond<K>(
  store: Reader<K, Uint8Array>,
  key: NoInfer<K>,
  request: RequestLike,
  options?: RespondOptions,
): Promise<Response> {
  const view = viewBehind(store)
  const settings = callSettings(view, 'respond', OPTIONS, options)
  const { method, signal } = request
  const how = signal === undefined ? {} : { signal }
  if (method !== 'GET' && method !== 'HEAD') return answer(405, { allow: 'GET, HEAD' })
  // The stat speaks of what is stored, which is what is given only where no codec lies between.
  const { plain } = view.mapping
  const shown = (stat: Stat) => (plain ? stat : withoutEncoding(stat))
  try {
    if (method === 'HEAD') {
      const stat = await store.stat(key, how)
      if (stat === undefined) return answer(404)
      const { status, headers } = headOf(request, settings, shown(stat), plain ? stat.size : undefined)
      return answer(status, headers)
    }
    if (settings.stream && plain) return await streamed(store, key, request, settings)
    const found = await getWithStat(store, key, how)
    if (found === undefined) return answer(404)
    const value = checkBytes(found.value) as Bytes
    const { status, headers, part } = headOf(request, settings, shown(found.stat), value.byteLength)
    return answer(status, headers, part && value.subarray(part.start, part.end))
  } catch (error) {
    if (isStoreError(error, 'InvalidKey')) return answer(404)
    throw isStoreError(error) && error.op === undefined ? view.wrap('respond', key, error) : error
  }
}

/** An answer but for its body, and the bytes of the value that are its body. */
interface Head {
  readonly status: number
  readonly headers: Record<string, string>
  readonly part?: Part | undefined
}

type Settings = SettingsOf<typeof OPTIONS>

function headOf(request: RequestLike, settings: Settings, stat: Stat, size: number | undefined): Head {
  const validators = validatorsOf(stat)
  const { etag, modified } = validators
  const headers: Record<string, string> = {
    ...(etag !== undefined && { etag }),
    ...(modified !== undefined && { 'last-modified': new Date(modified * 1000).toUTCString() }),
    ...(stat.cacheControl !== undefined && { 'cache-control': stat.cacheControl }),
    ...settings.headers,
  }
  const status = precondition(request.headers, validators)
  if (status !== undefined) return { status, headers: status === 304 ? headers : {} }
  const described = {
    'content-type': stat.contentType ?? settings.contentType,
    ...(stat.contentDisposition !== undefined && { 'content-disposition': stat.contentDisposition }),
    ...(stat.contentEncoding !== undefined && { 'content-encoding': stat.contentEncoding }),
    'accept-ranges': 'bytes',
    ...headers,
  }
  if (size === undefined) return { status: 200, headers: described }
  const asked = request.method === 'GET' && fitsParts(request.headers, validators)
  const part = asked ? byteRange(request.headers.get('range'), size) : undefined
  if (part === 'unsatisfiable') return { status: 416, headers: { 'content-range': `bytes */${size}` } }
  const { start, end } = part ?? { start: 0, end: size }
  const length = { 'content-length': String(end - start) }
  return part === undefined
    ? { status: 200, headers: { ...described, ...length }, part: { start, end } }
    : {
        status: 206,
        headers: { ...described, ...length, 'content-range': `bytes ${start}-${end - 1}/${size}` },
        part,
      }
}

function answer(
  status: number,
  headers: Record<string, string> = {},
  body: Bytes | ReadableStream<Uint8Array> | null = null,
): Response {
  return new Response(body, { status, headers })
}

/** Answers by stream. A stat after the first chunk shows that what was said of the value before is true of the stream. */
function streamed<K>(
  store: Reader<K, Uint8Array>,
  key: K,
  request: RequestLike,
  settings: Settings,
): Promise<Response> {
  const { signal } = request
  const how = signal === undefined ? {} : { signal }
  return notOvertaken<Response>(store, 'respond', key, { ...how, retries: 20 }, async () => {
    const stat = await store.stat(key, how)
    if (stat === undefined) return answer(404)
    const { status, headers, part } = headOf(request, settings, stat, stat.size)
    if (status !== 200 && status !== 206) return answer(status, headers)
    const range = status === 206 ? part : {}
    const stream = await readStream(store, key, { ...range, ...how }).catch(overtakenOr)
    if (stream === undefined || stream === overtaken) return overtaken
    const reader = stream.getReader()
    try {
      const first = await reader.read()
      if (same(stat, await store.stat(key, how))) return answer(status, headers, resumed(first, reader))
    } catch (error) {
      await reader.cancel().catch(() => {})
      return overtakenOr(error)
    }
    await reader.cancel()
    return overtaken
  })
}

/** What a read comes to while somebody else writes: a value that is shorter now, or that changed on the way. */
function overtakenOr(error: unknown): typeof overtaken {
  if (isStoreError(error, 'RangeNotSatisfiable', 'Conflict')) return overtaken
  throw error
}

type Chunk = { done: boolean; value?: Uint8Array | undefined }

function resumed(first: Chunk, reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  let next: Chunk | undefined = first
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = next ?? (await reader.read())
        next = undefined
        if (done || value === undefined) controller.close()
        else controller.enqueue(value)
      },
      cancel: reason => reader.cancel(reason),
    },
    // Nothing more is read before somebody asks.
    { highWaterMark: 0 },
  )
}

function same(one: Stat, other: Stat | undefined): boolean {
  return (
    one.etag === other?.etag &&
    one.size === other?.size &&
    one.modified?.getTime() === other?.modified?.getTime()
  )
}

/** A value that was decoded has no encoding any more. */
function withoutEncoding({ contentEncoding: _, ...stat }: Stat): Stat {
  return stat
}

function isHeaders(value: unknown): boolean {
  return (
    Object.prototype.toString.call(value) === '[object Object]' &&
    Object.values(value as object).every(each => typeof each === 'string')
  )
}
