import { OPEN } from '../connection/protocol.ts'
import type { Remote } from '../connection/remote.ts'
import { isMissing } from '../errors.ts'

/** The content of a small file, or `undefined` when there is none. */
export async function readSmall(remote: Remote, path: string, most: number): Promise<Uint8Array | undefined> {
  const handle = await remote.open(path, OPEN.READ).catch(error => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (handle === undefined) return undefined
  try {
    const bytes = Buffer.alloc(most)
    let length = 0
    for (let read = -1; read !== 0 && length < most; length += read)
      read = await remote.read(handle, bytes.subarray(length), length)
    return bytes.subarray(0, length)
  } finally {
    await remote.close(handle)
  }
}
