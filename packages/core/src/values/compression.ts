import { checkBytes } from '../check.ts'
import type { StreamCodec, ValueCodec } from '../codec.ts'
import { isStoreError, StoreError } from '../error.ts'
import { flag, wholeNumber } from '../options/kinds.ts'
import { type OptionsOf, settingsOf } from '../options/settings-of.ts'
import { typeName } from '../print-key.ts'
import type { Engine, Format } from './engine.ts'
import { corrupt, tooLarge } from './failure.ts'
import { nodeEngine } from './node-engine.ts'
import { webEngine } from './web-engine.ts'

/** A codec from bytes to bytes that also works by stream. */
export interface BytesCodec extends ValueCodec<Uint8Array, Uint8Array> {
  readonly stream: StreamCodec
}

const OPTIONS = {
  /**
   * How hard to try: 0 to 9, or to 11 with brotli. Engines without levels, those of browsers, leave it out of account.
   * @default 6, or 5 with brotli
   */
  level: wholeNumber(0, 11),
  /**
   * The longest value in bytes, uncompressed: more is refused with `TooLarge` both ways, so that a small stored value
   * cannot fill the memory. Streams have no limit.
   * @default 268435456 (256 MiB)
   */
  maxBytes: wholeNumber(1).or(2 ** 28),
}

export type CompressionOptions = OptionsOf<typeof OPTIONS>

const PADDED = {
  /**
   * Whether zero bytes after the data, with which tapes and blocks are filled up, are `Corrupt`; otherwise they are
   * passed over. Engines of browsers refuse them always.
   * @default false
   */
  strict: flag.or(false),
}

export type PaddedOptions = CompressionOptions & OptionsOf<typeof PADDED>

/** The codec of one format, whichever engine there is. */
export function compression(format: Format, options: PaddedOptions | undefined): BytesCodec {
  const best = format === 'brotli' ? 11 : 9
  const rules = { ...OPTIONS, ...PADDED, level: wholeNumber(0, best) }
  const { strict: _, ...unpadded } = rules
  const settings = settingsOf(format, format === 'brotli' ? (unpadded as typeof rules) : rules, options)
  const { level, maxBytes, strict = true } = settings
  const engine = () => nodeEngine(format, level, !strict) ?? webEngine(format)
  return {
    name: `${format}()`,
    encode: value => {
      const bytes = checkBytes(value)
      if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes)
      return engine().compress(bytes)
    },
    decode: async stored => {
      if (!(stored instanceof Uint8Array)) throw corrupt(`${format}() decodes bytes, not ${typeName(stored)}`)
      return await engine()
        .decompress(stored, maxBytes)
        .catch(error => Promise.reject(asCorrupt(format, error)))
    },
    stream: {
      encode: chunks => engine().compressStream(chunks),
      decode: chunks => decodeStream(format, engine(), chunks),
    },
  }
}

/** Errors of the source pass; those of the engine mean that the bytes are wrong. */
async function* decodeStream(
  format: Format,
  engine: Engine,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source: { failure?: unknown } = {}
  try {
    yield* engine.decompressStream(watched(chunks, source))
  } catch (error) {
    throw 'failure' in source ? source.failure : asCorrupt(format, error)
  }
}

async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  source: { failure?: unknown },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks
  } catch (error) {
    source.failure = error
    throw error
  }
}

function asCorrupt(format: Format, cause: unknown): StoreError {
  if (isStoreError(cause)) return cause
  const detail = `the stored bytes are not whole and sound ${format} data`
  return new StoreError('Corrupt', detail, { cause })
}
