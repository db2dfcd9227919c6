import type { Found, Range, ReadOptions, Stat } from '@kvdol/core'
import { collectBytes, resolveRange, StoreError } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import { statusOf } from '../errors.ts'
import { collect, type OpenBody } from './body.ts'
import { follow, type Transfer } from './follow.ts'
import { headObject, statOf } from './head.ts'
import { headerOf, openObject, partOf } from './open-object.ts'

/** The bytes of a value, while they come. */
export interface Reading {
  readonly length: number
  readonly chunks: AsyncIterable<Uint8Array>
  /** The transfer that the chunks begin with, for a caller that takes it instead of them. */
  readonly body?: OpenBody
  /** Gives the transfer up; the next chunk comes by another one. */
  readonly release?: () => void
  /** What the answer tells of the value, if the value was asked for whole. */
  readonly stat?: Stat | undefined
}

/**
 * Opens a value or a range of it; `undefined` when there is none. The chunks add up to exactly that, all of one value:
 * a transfer that breaks goes on where it was, as long as the value is the same.
 */
export async function readChunks(
  context: BucketContext,
  name: string,
  range: Range | undefined,
  options: ReadOptions,
): Promise<Reading | undefined> {
  const Range = range && headerOf(range)
  if (range !== undefined && Range === undefined) return await readNothing(context, name, range, options)
  try {
    const opened = await openObject(context, name, Range === undefined ? {} : { Range }, options)
    if (opened === undefined) return undefined
    const { output, cancel } = opened
    const part = partOf(opened, range)
    const transfer: Transfer = { opened, released: false }
    const chunks = follow(context, name, transfer, part, options)
    return {
      length: part.length,
      chunks: leaving(chunks, transfer),
      body: { body: output.Body, cancel },
      release() {
        transfer.released = true
        leave(transfer)
      },
      stat: range === undefined ? statOf(output) : undefined,
    }
  } catch (error) {
    // The server has no byte of the range: it may be that of an empty value, or begin after the end.
    if (statusOf(error) === 416) return await readNothing(context, name, range, options)
    throw error
  }
}

/** A range without bytes of a value that is there. Throws `RangeNotSatisfiable` for one that begins after its end. */
async function readNothing(
  context: BucketContext,
  name: string,
  range: Range | undefined,
  options: ReadOptions,
): Promise<Reading | undefined> {
  const head = await headObject(context, name, options)
  if (head === undefined) return undefined
  const { start, end } = resolveRange(range, head.stat.size)
  if (start === end || (range && headerOf(range)) === undefined) return { length: 0, chunks: nothing() }
  throw new StoreError('Unavailable', 'the value was replaced while it was read; read it again')
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

/**
 * The same chunks. Leaving them ends the transfer first, which a generator that has not begun, or that waits for a body
 * that hangs, would not do.
 */
function leaving(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  transfer: Transfer,
): AsyncIterable<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array, void, undefined> = {
    next: () => chunks.next(),
    return() {
      leave(transfer)
      return chunks.return()
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

function leave({ opened: { output, cancel } }: Transfer): void {
  cancel()
  ;(output.Body as { destroy?(): void } | undefined)?.destroy?.()
}

/** {@link readChunks} for somebody who may read them slowly: between two chunks the connection may be given to others. */
export async function lendChunks(
  context: BucketContext,
  name: string,
  range: Range | undefined,
  options: ReadOptions,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const reading = await readChunks(context, name, range, options)
  const { release } = reading ?? {}
  if (reading === undefined || release === undefined) return reading?.chunks
  const { connections } = context.link
  const chunks = reading.chunks[Symbol.asyncIterator]()
  let busy = connections.idle(release)
  const iterator: AsyncIterator<Uint8Array, void, undefined> = {
    async next() {
      busy()
      const result = await chunks.next()
      if (result.done !== true) busy = connections.idle(release)
      return result
    },
    async return() {
      busy()
      await chunks.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/** Longest value that is read at once, in bytes. */
const SHORT = 64 * 1024

/** The whole value of an object, or `undefined` when there is none. */
export async function getObject(
  context: BucketContext,
  name: string,
  options: ReadOptions,
): Promise<Uint8Array | undefined> {
  return (await getWithStat(context, name, options))?.value
}

/** The whole value of an object with what the same answer tells of it, or `undefined` when there is none. */
export async function getWithStat(
  context: BucketContext,
  name: string,
  options: ReadOptions,
): Promise<Found<Uint8Array> | undefined> {
  const begun = await readChunks(context, name, undefined, options)
  if (begun === undefined) return undefined
  const { length, body, chunks, stat = {} } = begun
  if (length > SHORT || body === undefined) return { value: await collectBytes(chunks), stat }
  // A transfer that breaks is begun again, with all the care that takes.
  const whole = await collect(body, length, context.settings.timeout)
  if (whole !== undefined) return { value: whole, stat }
  const again = await readChunks(context, name, undefined, options)
  return again && { value: await collectBytes(again.chunks), stat: again.stat ?? {} }
}
