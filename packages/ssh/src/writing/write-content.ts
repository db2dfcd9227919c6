import { inBlocks, mapBounded, StoreError } from '@kvdol/core/adapter'
import { STATUS } from '../connection/protocol.ts'
import type { Handle, Remote } from '../connection/remote.ts'
import { hasStatus } from '../errors.ts'
import { CHUNK, WINDOW } from '../reading/read-parts.ts'

/** What a value is written from: as one buffer or as a stream. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>

/**
 * Writes a value to a new file and makes sure that the server has stored all of it; gives the permissions of the file.
 * Throws `OutOfSpace` when there is no room. `folder` is where the file lies.
 */
export async function writeContent(
  remote: Remote,
  handle: Handle,
  content: Content,
  folder: string,
): Promise<number> {
  const blocks = content instanceof Uint8Array ? partsOf(content) : inBlocks(content, CHUNK)
  let size = 0
  const written = mapBounded(blocks, WINDOW, async block => {
    const position = size
    size += block.byteLength
    await writeBlock(remote, handle, block, position, folder)
  })
  for await (const _ of written);
  const stored = await remote.fstat(handle)
  if (stored.size === size) return stored.mode
  throw new StoreError('OutOfSpace', `the server has stored ${stored.size} bytes of ${size}`)
}

function* partsOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK) yield bytes.subarray(at, at + CHUNK)
}

async function writeBlock(
  remote: Remote,
  handle: Handle,
  block: Uint8Array,
  position: number,
  folder: string,
): Promise<void> {
  try {
    await remote.write(handle, block, position)
  } catch (error) {
    if (hasStatus(error, STATUS.FAILURE) && (await isFull(remote, folder, block.byteLength)))
      throw new StoreError('OutOfSpace', 'there is no space left on the server', { cause: error })
    throw error
  }
}

/** Servers say only `FAILURE` of a full disk; some can be asked for its free space. */
async function isFull(remote: Remote, folder: string, needed: number): Promise<boolean> {
  const free = await remote.free(folder).catch(() => undefined)
  return free !== undefined && free < needed
}
