import type { DriverStreamOptions } from '@kvdol/core'
import { callEach, joinBytes } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import type { ObjectHeaders } from '../reading/headers.ts'
import { PART, uploadParts } from './parts.ts'
import { putObject } from './put.ts'

/**
 * Stores what the chunks add up to; nothing is visible before the last. Short values go by one request, others in
 * parts. When it fails, the parts are removed.
 */
export async function writeObject(
  context: BucketContext,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  options: DriverStreamOptions,
  headers: ObjectHeaders,
): Promise<void> {
  // A source may take its time, and yet the signal ends the wait for it.
  const source = callEach(chunks, { timeout: Number.POSITIVE_INFINITY, signal: options.signal })
  try {
    const { bytes, done } = await begin(source)
    if (done) return await putObject(context, name, bytes, options, headers)
    await uploadParts(context, name, joined(bytes, source), options, headers)
  } finally {
    // Not awaited: a source that hangs may be why it is left.
    source.return().catch(() => {})
  }
}

/** Takes as much as one request may hold, and tells whether that was all. */
async function begin(source: AsyncIterator<Uint8Array>): Promise<{ bytes: Uint8Array; done: boolean }> {
  const parts: Uint8Array[] = []
  let length = 0
  while (length <= PART) {
    const { done, value } = await source.next()
    if (done) return { bytes: joinBytes(parts, length), done: true }
    // Whoever made the chunk may use its memory again.
    parts.push(new Uint8Array(value))
    length += value.byteLength
  }
  return { bytes: joinBytes(parts, length), done: false }
}

async function* joined(
  begun: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield begun
  yield* source
}
