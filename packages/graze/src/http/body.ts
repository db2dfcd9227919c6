import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Range } from '@kvdol/core'
import { collectBytes, joinBytes, resolveRange } from '@kvdol/core/adapter'
import { failure, toStoreError } from '../errors.ts'
import { flowing } from './flowing.ts'
import { headerOf, lengthOf } from './headers.ts'
import type { Response } from './request.ts'

export interface BodyLimits {
  /** Most bytes of a value. */
  readonly limit: number
  /** Longest wait for the whole body, in milliseconds; the time in which the reader does not ask is not counted. */
  readonly deadline: number
}

export type Chunks = AsyncGenerator<Uint8Array, void, undefined>

/** Nobody asks for encoded bodies, so one that grows more than this is an attack or a mistake. */
const MOST_GROWTH = 100
const GROWTH_FROM = 16 * 1024 * 1024

/** How much of an unwanted body is read, so that its connection can be used again. */
const MOST_DISCARDED = 64 * 1024

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
])

/**
 * The bytes of a body in chunks, decoded if the server has encoded them. Leaving the loop ends the transfer, also before
 * the first chunk. `exactly` is the length that a body without one has to have.
 *
 * Rejects `TooLarge` beyond the limit, `Corrupt` for a body that is cut, too long or wrongly encoded, and `Timeout`.
 */
export function bodyOf(answer: Response, { limit, deadline }: BodyLimits, exactly?: number): Chunks {
  const coding = codingOf(answer)
  const received: Received = { bytes: 0, declared: lengthOf(answer.headers) ?? exactly }
  const most = coding === undefined ? limit : Number.POSITIVE_INFINITY
  const raw = rawBody(answer.body, most, deadline, received)
  const chunks = coding === undefined ? raw : decodedBody(raw, coding, limit, received)
  const leave = chunks.return.bind(chunks)
  chunks.return = value => {
    answer.body.destroy()
    return leave(value)
  }
  return chunks
}

interface Received {
  bytes: number
  readonly declared: number | undefined
}

/** The chunks as received, counted against the declared length, the limit and the time. */
async function* rawBody(body: Readable, limit: number, deadline: number, received: Received): Chunks {
  const { declared } = received
  const count = counter(declared, limit)
  try {
    if (declared !== undefined && declared > limit) throw tooLarge(limit)
    let waited = 0
    let asked = performance.now()
    for await (const chunk of flowing(body)) {
      waited += performance.now() - asked
      // A server that sends nothing at all runs into the timeout.
      if (waited > deadline) throw late(deadline)
      received.bytes = count.add(chunk.byteLength)
      yield chunk
      asked = performance.now()
    }
    count.end()
  } catch (error) {
    throw toStoreError(error)
  } finally {
    body.destroy()
  }
}

async function* decodedBody(raw: Chunks, coding: string, limit: number, received: Received): Chunks {
  let length = 0
  try {
    for await (const chunk of decoded(raw, coding)) {
      length += chunk.byteLength
      if (length > limit) throw tooLarge(limit)
      if (length > GROWTH_FROM && length > received.bytes * MOST_GROWTH)
        throw failure('TooLarge', `the content grows over ${MOST_GROWTH} times when it is decoded`, 'bomb')
      yield chunk
    }
  } catch (error) {
    throw toStoreError(error)
  }
}

/**
 * Gives the chunks of a body to `take` as fast as they come, without waiting for it. Rejects as {@link bodyOf}, after
 * `take` has got what came before.
 */
export async function drainBody(
  answer: Response,
  limits: BodyLimits,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  if (codingOf(answer) !== undefined) {
    for await (const chunk of bodyOf(answer, limits)) take(chunk)
    return
  }
  const { body } = answer
  const declared = lengthOf(answer.headers)
  const count = counter(declared, limits.limit)
  const timer = setTimeout(() => body.destroy(late(limits.deadline)), limits.deadline)
  try {
    if ((declared ?? 0) > limits.limit) throw tooLarge(limits.limit)
    // What ended before anybody listened does not tell so again.
    if (body.errored !== null) throw body.errored
    if (body.destroyed) throw cutShort()
    await new Promise<void>((resolve, reject) => {
      body
        .on('error', reject)
        .on('end', resolve)
        .on('data', (chunk: Uint8Array) => {
          try {
            count.add(chunk.byteLength)
            take(chunk)
          } catch (error) {
            body.destroy(error as Error)
          }
        })
      body.on('close', () => {
        if (!body.readableEnded) reject(cutShort())
      })
    })
    count.end()
  } catch (error) {
    throw toStoreError(error)
  } finally {
    clearTimeout(timer)
    body.destroy()
  }
}

/** The whole body, read as fast as the transport can. Rejects as {@link bodyOf}. */
export async function wholeBody(answer: Response, limits: BodyLimits): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  await drainBody(answer, limits, chunk => void parts.push(chunk))
  return joinBytes(parts)
}

/** Counts the bytes of a body against its declared length and the limit. */
function counter(declared: number | undefined, limit: number) {
  let bytes = 0
  return {
    add(more: number): number {
      bytes += more
      if (declared !== undefined && bytes > declared)
        throw failure('Corrupt', `the body has over ${declared} bytes`, 'length')
      if (bytes > limit) throw tooLarge(limit)
      return bytes
    },
    end(): void {
      if (declared !== undefined && bytes < declared)
        throw failure('Corrupt', `the body ended after ${bytes} of ${declared} bytes`, 'cut', true)
    },
  }
}

function cutShort(): Error {
  return failure('Corrupt', 'the connection ended before the body', 'cut', true)
}

function late(deadline: number): Error {
  return failure('Timeout', `the whole took longer than ${deadline} ms (option deadline)`, 'deadline')
}

function decoded(chunks: Chunks, coding: string): AsyncIterable<Uint8Array> {
  const decoder = DECODERS.get(coding)?.()
  if (decoder === undefined)
    throw failure('Unsupported', 'the content is encoded in a way that was not asked for', 'encoding')
  // What goes wrong in between reaches the reader by the decoder.
  return pipeline(chunks, decoder, () => {})
}

/** A range of the content, which is read whole: for servers that send everything whatever they are asked for. */
export async function* partOf(chunks: AsyncIterable<Uint8Array>, range: Range | undefined): Chunks {
  if (range === undefined) return yield* chunks
  const whole = await collectBytes(chunks)
  const { start, end } = resolveRange(range, whole.byteLength)
  if (end > start) yield whole.subarray(start, end)
}

/** Does without a body. */
export function discard({ body, headers }: Response): void {
  const length = lengthOf(headers)
  if (length !== undefined && length <= MOST_DISCARDED) body.resume()
  else body.destroy()
}

/** The length of the content itself, where the answer tells it. */
export function sizeOf(answer: Response): number | undefined {
  return codingOf(answer) === undefined ? lengthOf(answer.headers) : undefined
}

/** How the server has encoded the content, if it has. */
export function codingOf({ headers }: Response): string | undefined {
  const coding = headerOf(headers, 'content-encoding')?.trim().toLowerCase()
  return coding === '' || coding === 'identity' ? undefined : coding
}

export function tooLarge(limit: number): Error {
  return failure('TooLarge', `the content has more than ${limit} bytes (option limit)`, 'limit')
}
