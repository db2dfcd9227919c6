import { mapBounded, StoreError } from '@kvdol/core/adapter'
import type { Handle, Remote } from '../connection/remote.ts'

/** Bytes read or written at a time. `ssh2` makes several requests of it for servers that may not take so much at once. */
export const CHUNK = 128 * 1024
/** How many such parts of one value are under way at once. */
export const WINDOW = 16

/** A range of an open file in parts, in order, reading a bounded number ahead. */
export function readParts(
  remote: Remote,
  handle: Handle,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  return mapBounded(partsOf(start, end), WINDOW, async ({ position, length }) => {
    const part = Buffer.allocUnsafeSlow(length)
    await fill(remote, handle, part, position)
    return new Uint8Array(part.buffer)
  })
}

/** All of `target` from an open file, from its beginning. */
export async function readInto(remote: Remote, handle: Handle, target: Buffer): Promise<void> {
  if (target.length <= CHUNK) return await fill(remote, handle, target, 0)
  const parts = mapBounded(partsOf(0, target.length), WINDOW, ({ position, length }) =>
    fill(remote, handle, target.subarray(position, position + length), position),
  )
  for await (const _ of parts);
}

function* partsOf(start: number, end: number): Generator<{ position: number; length: number }> {
  for (let position = start; position < end; position += CHUNK)
    yield { position, length: Math.min(CHUNK, end - position) }
}

/** Fills `target`, however little the server gives at a time. */
async function fill(remote: Remote, handle: Handle, target: Buffer, position: number): Promise<void> {
  for (let filled = 0; filled < target.length; ) {
    const read = await remote.read(handle, filled === 0 ? target : target.subarray(filled), position + filled)
    if (read === 0) throw new StoreError('Corrupt', 'the file ended before the size that the server told')
    filled += read
  }
}
