import type { ReadOptions } from '@kvdol/core'
import { collectBytes } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import { collect } from './body.ts'
import { readChunks } from './chunks.ts'

/** Longest value that is read at once, in bytes. */
const SHORT = 64 * 1024

/** The whole value of an object, or `undefined` when there is none. */
export async function getObject(
  context: BucketContext,
  name: string,
  options: ReadOptions,
): Promise<Uint8Array | undefined> {
  const begun = await readChunks(context, name, undefined, options)
  if (begun === undefined) return undefined
  const { length, transfer, chunks } = begun
  if (length > SHORT || transfer === undefined) return await collectBytes(chunks)
  // A transfer that breaks is begun again, with all the care that takes.
  const whole = await collect(transfer, length, context.settings.timeout)
  if (whole !== undefined) return whole
  const again = await readChunks(context, name, undefined, options)
  return again && (await collectBytes(again.chunks))
}
