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

/**
 * `node:zlib`, where there is one: reached through `process`, so that bundlers for browsers see no import. With
 * `padding`, zero bytes may follow the data.
 */
export function nodeEngine(format: Format, level: number | undefined, padding: boolean): Engine | undefined {
  const zlib = builtin<Zlib>('node:zlib')
  const streams = builtin<Streams>('node:stream')
  if (zlib === undefined || streams === undefined) return undefined
  const [compress, decompress, createCompress, createDecompress] = NAMES[format]
  const options = levelOptions(zlib, format, level)
  return {
    compress: async bytes => (await oneShot(zlib[compress], bytes, options)).bytes,
    decompress: async (bytes, maxBytes) => {
      const result = await oneShot(zlib[decompress], bytes, { maxOutputLength: maxBytes })
      const rest = bytes.subarray(result.consumed)
      if (rest.byteLength > 0 && !(padding && endOfData(rest) === 0)) throw trailing()
      return result.bytes
    },
    compressStream: chunks => through(streams, chunks, zlib[createCompress](options)),
    decompressStream: chunks => decompressed(streams, chunks, zlib[createDecompress](), padding),
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
  padding: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = chunks[Symbol.asyncIterator]()
  let received = 0
  let zeros = 0
  const next = async () => {
    const { done, value } = await source.next()
    if (done) return undefined
    const end = endOfData(value)
    zeros = value.byteLength - end + (end === 0 ? zeros : 0)
    received += value.byteLength
    return value
  }
  async function* rest() {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk
  }
  try {
    yield* through(streams, rest(), transform)
    // What follows the data, the transform leaves unread.
    for await (const _ of rest());
    if (received - transform.bytesWritten > (padding ? zeros : 0)) throw trailing()
  } finally {
    // Not awaited: it may wait for a read that is under way.
    source.return?.().catch(() => {})
  }
}

/** How many bytes there are without the zeros at the end. */
function endOfData(bytes: Uint8Array): number {
  let end = bytes.byteLength
  while (end > 0 && bytes[end - 1] === 0) end--
  return end
}

function trailing() {
  return corrupt('more bytes follow the compressed data')
}
