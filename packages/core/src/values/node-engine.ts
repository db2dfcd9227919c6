import type { Engine, Format } from './engine.ts'
import { corrupt, tooLarge } from './failure.ts'

type Options = Readonly<Record<string, unknown>>
type Failure = (Error & { code?: string }) | null
type OneShot = (
  bytes: Uint8Array,
  options: Options,
  done: (error: Failure, result: { buffer: Uint8Array; engine: { bytesWritten: number } }) => void,
) => void
type Transform = AsyncIterable<Uint8Array> & { readonly bytesWritten: number }

/** What is used here of `node:zlib` and `node:stream`; by shape, because their types are Node's. */
interface Zlib {
  readonly constants: Readonly<Record<'BROTLI_PARAM_QUALITY', number>>
  readonly gzip: OneShot
  readonly gunzip: OneShot
  readonly deflate: OneShot
  readonly inflate: OneShot
  readonly brotliCompress: OneShot
  readonly brotliDecompress: OneShot
  createGzip(options: Options): Transform
  createGunzip(): Transform
  createDeflate(options: Options): Transform
  createInflate(): Transform
  createBrotliCompress(options: Options): Transform
  createBrotliDecompress(): Transform
}
interface Streams {
  pipeline(
    source: AsyncIterable<Uint8Array>,
    transform: Transform,
    done: (error?: unknown) => void,
  ): Transform
}

const NAMES = {
  gzip: ['gzip', 'gunzip', 'createGzip', 'createGunzip'],
  deflate: ['deflate', 'inflate', 'createDeflate', 'createInflate'],
  brotli: ['brotliCompress', 'brotliDecompress', 'createBrotliCompress', 'createBrotliDecompress'],
} as const

/** `node:zlib`, where there is one: reached through `process`, so that bundlers for browsers see no import. */
export function nodeEngine(format: Format, level: number | undefined): Engine | undefined {
  const zlib = builtin<Zlib>('node:zlib')
  const streams = builtin<Streams>('node:stream')
  if (zlib === undefined || streams === undefined) return undefined
  const [compress, decompress, createCompress, createDecompress] = NAMES[format]
  const options = levelOptions(zlib, format, level)
  return {
    compress: async bytes => (await oneShot(zlib[compress], bytes, options)).bytes,
    decompress: async (bytes, maxBytes) => {
      const result = await oneShot(zlib[decompress], bytes, { maxOutputLength: maxBytes })
      if (result.consumed !== bytes.byteLength) throw trailing()
      return result.bytes
    },
    compressStream: chunks => through(streams, chunks, zlib[createCompress](options)),
    decompressStream: chunks => decompressed(streams, chunks, zlib[createDecompress]()),
  }
}

function builtin<Module>(name: string): Module | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  return process?.getBuiltinModule?.(name) as Module | undefined
}

/** Brotli's own default is its slowest. */
const BROTLI_LEVEL = 5

function levelOptions({ constants }: Zlib, format: Format, level: number | undefined): Options {
  if (format === 'brotli') return { params: { [constants.BROTLI_PARAM_QUALITY]: level ?? BROTLI_LEVEL } }
  return level === undefined ? {} : { level }
}

function oneShot(
  run: OneShot,
  bytes: Uint8Array,
  options: Options,
): Promise<{ bytes: Uint8Array; consumed: number }> {
  return new Promise((resolve, reject) => {
    run(bytes, { ...options, info: true }, (error, result) => {
      if (error === null)
        return resolve({ bytes: plain(result.buffer), consumed: result.engine.bytesWritten })
      const over = error.code === 'ERR_BUFFER_TOO_LARGE'
      reject(over ? tooLarge(Number(options.maxOutputLength)) : error)
    })
  })
}

/** A `Uint8Array` proper with a buffer of its own; Node's are `Buffer`s and may share a pool. */
function plain(bytes: Uint8Array): Uint8Array {
  const own = bytes.byteLength === bytes.buffer.byteLength
  return own ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes)
}

async function* through(
  { pipeline }: Streams,
  chunks: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  // A failure of the source destroys the transform with it, and so reaches the loop.
  for await (const chunk of pipeline(chunks, transform, () => {})) yield plain(chunk)
}

async function* decompressed(
  streams: Streams,
  chunks: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0
  async function* counted() {
    for await (const chunk of chunks) {
      received += chunk.byteLength
      yield chunk
    }
  }
  yield* through(streams, counted(), transform)
  if (transform.bytesWritten !== received) throw trailing()
}

function trailing() {
  return corrupt('more bytes follow the compressed data')
}
