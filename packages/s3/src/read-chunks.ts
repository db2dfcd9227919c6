import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { type Range, type ReadOptions, resolveRange, StoreError, withoutSecrets } from '@kvdol/core'
import { chunksOf, type OpenBody } from './body.ts'
import type { Context } from './context.ts'
import { codeOf, mayHaveHappened, statusOf, toStoreError } from './errors.ts'
import { pause, RETRIES } from './pause.ts'
import { headObject, openObject } from './read.ts'
import type { Opened } from './request.ts'

/** The bytes of a value, while they come. */
export interface Reading {
  readonly length: number
  readonly chunks: AsyncIterable<Uint8Array>
  /** The transfer that the chunks begin with, for one who takes it instead of them. */
  readonly transfer?: OpenBody
}

/**
 * Opens a value or a range of it; `undefined` when there is none. The chunks add up to exactly that, all of one value:
 * a transfer that breaks goes on where it was, as long as the value is the same. Throws the store's errors.
 */
export async function readChunks(
  context: Context,
  name: string,
  range: Range | undefined,
  options: ReadOptions,
): Promise<Reading | undefined> {
  try {
    if (isEmpty(range)) return await readNothing(context, name, range, options)
    const Range = headerOf(range)
    const opened = await openObject(context, name, Range === undefined ? {} : { Range }, options)
    if (opened === undefined) return undefined
    const part = partOf(opened, range)
    const chunks = follow(context, name, opened, part, options)
    const transfer = { body: opened.output.Body, cancel: opened.cancel }
    return { length: part.length, chunks: released(chunks, opened.cancel), transfer }
  } catch (error) {
    if (statusOf(error) === 416) return await refuseRange(context, name, range, options)
    throw toStoreError(error, context.secrets)
  }
}

/** Which bytes of a value are read. */
interface Part {
  readonly start: number
  readonly length: number
  readonly etag: string | undefined
}

/** Ranges that HTTP has no way to ask for. */
function isEmpty(range: Range | undefined): range is Range {
  if (range === undefined) return false
  return 'suffix' in range ? range.suffix === 0 : range.end !== undefined && (range.start ?? 0) >= range.end
}

async function readNothing(
  context: Context,
  name: string,
  range: Range,
  options: ReadOptions,
): Promise<Reading | undefined> {
  const head = await headObject(context, name, options)
  if (head === undefined) return undefined
  // Refuses what begins after the end.
  resolveRange(range, head.stat.size)
  return { length: 0, chunks: nothing() }
}

/** The server has no byte of the range: it may be that of an empty value, or begin after the end. */
async function refuseRange(
  context: Context,
  name: string,
  range: Range | undefined,
  options: ReadOptions,
): Promise<Reading | undefined> {
  const head = await headObject(context, name, options)
  if (head === undefined) return undefined
  const { start, end } = resolveRange(range, head.stat.size)
  if (start === end) return { length: 0, chunks: nothing() }
  throw new StoreError('Unavailable', 'the value was replaced while it was read; read it again')
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

function headerOf(range: Range | undefined): string | undefined {
  if (range === undefined) return undefined
  if ('suffix' in range) return `bytes=-${range.suffix}`
  const { start = 0, end } = range
  return end === undefined ? `bytes=${start}-` : `bytes=${start}-${end - 1}`
}

/** What the server is about to send, which must be what was asked for. */
function partOf({ output, cancel }: Opened<GetObjectCommandOutput>, range: Range | undefined): Part {
  const { ContentLength: length, ContentRange, ETag: etag } = output
  try {
    if (length === undefined) throw damaged('the server does not tell the length of the value')
    if (range === undefined || length === 0) return { start: 0, length, etag }
    const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange ?? '')?.map(Number) ?? []
    if (from === undefined || to === undefined || size === undefined)
      throw damaged('the server does not tell which range it sends')
    const { start, end } = resolveRange(range, size)
    if (from !== start || to + 1 !== end || length !== end - start)
      throw damaged('the server sends another range than was asked for')
    return { start, length, etag }
  } catch (error) {
    cancel()
    throw error
  }
}

/** The same chunks; leaving them ends the transfer also when none was asked for, which a generator knows nothing of. */
function released(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  cancel: () => void,
): AsyncIterable<Uint8Array> {
  let begun = false
  const iterator: AsyncIterator<Uint8Array, void, undefined> = {
    next() {
      begun = true
      return chunks.next()
    },
    return() {
      if (!begun) cancel()
      return chunks.return()
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

async function* follow(
  context: Context,
  name: string,
  first: Opened<GetObjectCommandOutput>,
  { start, length, etag }: Part,
  options: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { timeout } = context.settings
  let opened = first
  let done = 0
  for (let attempt = 0; ; attempt++) {
    let failure: unknown
    try {
      for await (const chunk of chunksOf({ body: opened.output.Body, cancel: opened.cancel }, timeout)) {
        done += chunk.byteLength
        if (done > length) throw damaged('the server sent more bytes than it said')
        yield chunk
      }
    } catch (error) {
      if (isChecksum(error)) throw damaged('the bytes are not those that were stored: wrong checksum')
      if (!isTransfer(error)) throw toStoreError(error, context.secrets)
      failure = error
    }
    if (done === length) return
    // Without an etag nobody knows whether the rest would be of the same value.
    if (attempt === RETRIES || etag === undefined) throw cutOff(context, done, length, failure)
    await pause(attempt)
    opened = await resume(context, name, start + done, start + length, etag, options)
  }
}

/** Whether the connection failed, and nothing else. */
function isTransfer(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'Timeout'
  return mayHaveHappened(error)
}

function isChecksum(error: unknown): boolean {
  return /checksum mismatch/i.test((error as Error).message)
}

async function resume(
  context: Context,
  name: string,
  start: number,
  end: number,
  etag: string,
  options: ReadOptions,
): Promise<Opened<GetObjectCommandOutput>> {
  try {
    const input = { Range: `bytes=${start}-${end - 1}`, IfMatch: etag }
    const opened = await openObject(context, name, input, options)
    if (opened !== undefined && opened.output.ETag === etag) {
      partOf(opened, { start, end })
      return opened
    }
    opened?.cancel()
  } catch (error) {
    if (codeOf(error) !== 'PreconditionFailed' && statusOf(error) !== 412)
      throw toStoreError(error, context.secrets)
  }
  throw new StoreError('Unavailable', 'the value was replaced while it was read; read it again')
}

function cutOff(context: Context, done: number, length: number, failure: unknown): StoreError {
  const cause = failure === undefined ? undefined : withoutSecrets(failure, context.secrets)
  return new StoreError('Corrupt', `the transfer ended after ${done} of ${length} bytes`, {
    cause,
    retryable: true,
  })
}

function damaged(detail: string): StoreError {
  return new StoreError('Corrupt', detail)
}
