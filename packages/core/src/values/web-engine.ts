import { collectBytes } from '../bytes.ts'
import { StoreError } from '../error.ts'
import type { Engine, Format } from './engine.ts'
import { tooLarge } from './failure.ts'

/** The web platform's compression streams. */
export function webEngine(format: Format): Engine {
  return {
    compress: bytes => collectBytes(chunksOf(compressor(format), once(bytes))),
    decompress: (bytes, maxBytes) =>
      collectBytes(chunksOf(decompressor(format), once(bytes)), maxBytes, () => tooLarge(maxBytes)),
    compressStream: chunks => chunksOf(compressor(format), chunks),
    decompressStream: chunks => chunksOf(decompressor(format), chunks),
  }
}

interface Pair {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
}

function compressor(format: Format): Pair {
  return supported(format, () => new CompressionStream(format as CompressionFormat) as unknown as Pair)
}

function decompressor(format: Format): Pair {
  return supported(format, () => new DecompressionStream(format as CompressionFormat) as unknown as Pair)
}

type CompressionFormat = ConstructorParameters<typeof CompressionStream>[0]

function supported(format: Format, make: () => Pair): Pair {
  try {
    return make()
  } catch (cause) {
    const detail = `there is no ${format} here: neither node:zlib nor a CompressionStream that knows it`
    throw new StoreError('Unsupported', detail, { cause })
  }
}

async function* chunksOf(
  { readable, writable }: Pair,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fed = feed(writable, chunks)
  // Awaited at the end; until then a failure is met by the reader as well.
  fed.catch(() => {})
  const reader = readable.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield value
    }
    await fed
  } finally {
    await reader.cancel().catch(() => {})
  }
}

async function feed(writable: WritableStream<Uint8Array>, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const writer = writable.getWriter()
  try {
    for await (const chunk of chunks) {
      await writer.ready
      await writer.write(chunk)
    }
    await writer.close()
  } catch (error) {
    await writer.abort(error).catch(() => {})
    throw error
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
