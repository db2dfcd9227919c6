import { type DriverStreamOptions, onAbort } from '@kvdol/core'
import type { Context } from './context.ts'
import { aborted } from './request.ts'
import { PART, uploadParts } from './upload-parts.ts'
import { putObject } from './write.ts'

/**
 * Stores what the chunks add up to; nothing is visible before the last. Short values go by one request, others in
 * parts. When it fails, the parts are removed. Throws the store's errors, and those of the source.
 */
export async function writeObject(
  context: Context,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  options: DriverStreamOptions,
): Promise<void> {
  const source = interruptible(chunks[Symbol.asyncIterator](), options.signal)
  try {
    const { bytes, done } = await begin(source)
    if (done) return await putObject(context, name, bytes, options)
    await uploadParts(context, name, joined(bytes, source), options)
  } finally {
    // Not awaited: a source that hangs may be why it is left.
    source.return().catch(() => {})
  }
}

/** The items of a source, which end with the signal also while the source hangs. */
function interruptible(
  source: AsyncIterator<Uint8Array>,
  signal: AbortSignal | undefined,
): Pick<Required<AsyncIterator<Uint8Array>>, 'next' | 'return'> {
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(aborted(signal))
        const ignore = signal && onAbort(signal, () => reject(aborted(signal)))
        Promise.resolve(source.next()).then(resolve, reject).finally(ignore)
      }),
    return: async () => (await source.return?.()) ?? { done: true, value: undefined },
  }
}

/** Takes as much as one request may hold, and tells whether that was all. */
async function begin(source: AsyncIterator<Uint8Array>): Promise<{ bytes: Uint8Array; done: boolean }> {
  const parts: Uint8Array[] = []
  let length = 0
  while (length <= PART) {
    const { done, value } = await source.next()
    if (done) return { bytes: Buffer.concat(parts, length), done: true }
    parts.push(new Uint8Array(value))
    length += value.byteLength
  }
  return { bytes: Buffer.concat(parts, length), done: false }
}

async function* joined(
  begun: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield begun
  for (;;) {
    const { done, value } = await source.next()
    if (done) return
    yield value
  }
}
