import type { ReadOptions } from '@kvdol/core'
import { collect } from './body.ts'
import type { Context } from './context.ts'
import { type Reading, readChunks } from './read-chunks.ts'

/** Longest value that is read at once, in bytes. */
const SHORT = 64 * 1024

/** Longest value for which memory is taken before its bytes are there, in bytes. */
const TRUSTED = 16 * 1024 * 1024

/** The whole value of an object, or `undefined` when there is none. Throws the store's errors. */
export async function getObject(
  context: Context,
  name: string,
  options: ReadOptions,
): Promise<Uint8Array | undefined> {
  const begun = await readChunks(context, name, undefined, options)
  if (begun === undefined) return undefined
  const { length, transfer } = begun
  if (length > SHORT || transfer === undefined) return await collected(begun)
  // A transfer that breaks is begun again, with all the care that takes.
  const whole = await collect(transfer, length, context.settings.timeout)
  if (whole !== undefined) return whole
  const again = await readChunks(context, name, undefined, options)
  return again && (await collected(again))
}

async function collected({ length, chunks }: Reading): Promise<Uint8Array> {
  return length <= TRUSTED ? await fill(new Uint8Array(length), chunks) : await join(length, chunks)
}

async function fill(
  whole: Uint8Array,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  let offset = 0
  for await (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

async function join(length: number, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return await fill(new Uint8Array(length), parts)
}
