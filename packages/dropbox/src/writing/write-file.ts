import type { DriverStreamOptions, DriverWriteOptions } from '@kvdol/core'
import { callEach, inBlocks, StoreError } from '@kvdol/core/adapter'
import type { Context } from '../context.ts'
import type { Commit } from './commit.ts'
import { commitFile } from './commit-file.ts'
import { putBytes } from './put-bytes.ts'
import { PART, sendSession } from './upload-session.ts'

/** Stores a value: by one request, or by an upload session where it is longer than one request may be. */
export async function writeFile(
  context: Context,
  name: string,
  value: Uint8Array,
  options: DriverWriteOptions,
): Promise<void> {
  const { singleUpload } = context.settings
  const long = value.byteLength > singleUpload
  const commit: Commit = long
    ? await sendSession(context, name, slicesOf(value, Math.min(PART, singleUpload)), options)
    : mode => putBytes(context, name, value, mode, options)
  await commitFile(context, name, commit, options)
}

/** Stores what the chunks add up to: a single block by one request, more by an upload session. */
export async function writeChunks(
  context: Context,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  options: DriverStreamOptions,
): Promise<void> {
  // A source may take its time, and yet the signal ends the wait for it.
  const source = callEach(chunks, { timeout: Number.POSITIVE_INFINITY, signal: options.signal })
  const blocks = inBlocks(source, Math.min(PART, context.settings.singleUpload))
  try {
    const first = await blocks.next()
    const second = first.done ? first : await blocks.next()
    const short = second.done === true
    const commit: Commit = short
      ? mode => putBytes(context, name, first.value ?? new Uint8Array(), mode, options)
      : await sendSession(context, name, joined([first.value, second.value], blocks), options)
    await commitFile(context, name, commit, options)
  } finally {
    // Not awaited: a source that hangs may be why it is left.
    blocks.return().catch(() => {})
    source.return().catch(() => {})
  }
}

async function* slicesOf(value: Uint8Array, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < value.byteLength; at += length) yield value.subarray(at, at + length)
}

async function* joined(
  begun: (Uint8Array | void)[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  while (begun.length > 0) {
    const block = begun.shift()
    if (block === undefined) throw new StoreError('Unknown', 'a block of the stream is missing')
    yield block
  }
  yield* rest
}
