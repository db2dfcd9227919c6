/** Compression formats. */
export type Format = 'gzip' | 'deflate' | 'brotli'

/** What compresses here: `node:zlib`, or the streams of the web platform. */
export interface Engine {
  compress(bytes: Uint8Array): Promise<Uint8Array>
  /** Rejects `TooLarge` above `maxBytes`, and anything for bytes that are not of the format. */
  decompress(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array>
  compressStream(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  decompressStream(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
}
