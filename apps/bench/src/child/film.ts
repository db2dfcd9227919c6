/** A gibibyte. */
export const FILM = 1024 ** 3
const CHUNK = 64 * 1024

/** A gibibyte or so many bytes, in chunks that are made anew as a network would. */
export function* film(size: number = FILM): Generator<Uint8Array> {
  for (let sent = 0; sent < size; sent += CHUNK) yield new Uint8Array(CHUNK).fill(sent / CHUNK)
}

/** How many bytes the chunks are. */
export async function total(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const chunk of chunks) bytes += chunk.length
  return bytes
}

/** How many keys there are. */
export async function count(keys: AsyncIterable<unknown> | Iterable<unknown>): Promise<number> {
  let found = 0
  for await (const _ of keys) found++
  return found
}
