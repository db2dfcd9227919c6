import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CHUNK } from '../places/place.ts'

/** Compressed bytes that wait to be written. */
export interface Body {
  chunks(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** Frees what they take. */
  release(): void
}

/** Bytes in memory. */
export function bodyOf(bytes: Uint8Array): Body {
  return { chunks: () => [bytes], release() {} }
}

/** Up to so many bytes are kept in memory. */
const IN_MEMORY = 2 * 1024 * 1024

/** The chunks, kept in memory while they are few, else in a temporary file without a name. */
export async function spool(chunks: AsyncIterable<Uint8Array>): Promise<Body> {
  const parts: Uint8Array[] = []
  let length = 0
  let file: SpoolFile | undefined
  try {
    for await (const chunk of chunks) {
      length += chunk.byteLength
      if (file === undefined && length <= IN_MEMORY) {
        parts.push(chunk)
        continue
      }
      file ??= await spoolFile(parts.splice(0))
      await file.write(chunk)
    }
  } catch (error) {
    file?.release()
    throw error
  }
  return file ?? { chunks: () => parts, release() {} }
}

interface SpoolFile extends Body {
  write(bytes: Uint8Array): Promise<void>
}

async function spoolFile(first: readonly Uint8Array[]): Promise<SpoolFile> {
  const name = path.join(tmpdir(), `kvdol-zip-${randomBytes(12).toString('hex')}`)
  const file = await fs.promises.open(name, 'wx+', 0o600)
  // Gone with the last descriptor, also when the process is killed.
  await fs.promises.rm(name, { force: true }).catch(() => {})
  let size = 0
  const spooled: SpoolFile = {
    async write(bytes) {
      await file.appendFile(bytes)
      size += bytes.byteLength
    },
    async *chunks() {
      for (let at = 0; at < size; ) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(CHUNK), 0, CHUNK, at)
        if (bytesRead === 0) throw new Error('the temporary file was cut')
        at += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    },
    release() {
      file.close().catch(() => {})
      fs.rm(name, { force: true }, () => {})
    },
  }
  for (const bytes of first) await spooled.write(bytes)
  return spooled
}
