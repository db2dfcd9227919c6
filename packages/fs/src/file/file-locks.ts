import { failedWith } from '@kvdol/core/adapter'
import { CREATE, READ } from './flags.ts'
import { type LockHost, leaseHost, type OwnLock } from './lock-port.ts'
import type { FsPort } from './port.ts'
import { discard, isLinkless, removeFile } from './replace-file.ts'
import type { SweepPort } from './sweep.ts'
import { nodePort } from './system-port.ts'
import { temporaryName, writeAll } from './temporary.ts'
import { thisProcess } from './this-process.ts'

/** This machine and process, for locks in files: a holder whose process has ended is known at once. */
export const localHost: LockHost = { ...leaseHost, holder: thisProcess }

/** More than any lock holds. */
const MOST = 512

/**
 * Locks that are files. `at` turns the path of a lock, by which it is remembered, into the one to open.
 */
export function fileLocks(port: FsPort = nodePort, at: (path: string) => string = path => path): SweepPort {
  return {
    async create(path, content) {
      const bytes = new TextEncoder().encode(content)
      const folder = path.slice(0, path.lastIndexOf('/') + 1)
      const temporary = at(folder + temporaryName())
      const lock = await make(port, temporary, bytes)
      try {
        await port.link(temporary, at(path))
        return lock
      } catch (error) {
        await lock.close()
        if (failedWith(error, 'EEXIST')) return undefined
        if (!isLinkless(error)) throw error
      } finally {
        await discard(port, temporary)
      }
      // Between making and filling it the lock names nobody, and then ends with the lease of the one who waits.
      return await make(port, at(path), bytes).catch(error => {
        if (!failedWith(error, 'EEXIST')) throw error
        return undefined
      })
    },
    read: path => readText(port, at(path)),
    remove: path => removeFile(port, at(path)),
    async state(path) {
      const stats = await port.lstatExact(at(path))
      return stats && `${stats.ino} ${stats.size} ${stats.mtimeNs}`
    },
  }
}

async function make(port: FsPort, path: string, bytes: Uint8Array): Promise<OwnLock> {
  const descriptor = await port.open(path, CREATE, 0o600)
  try {
    await writeAll(port, descriptor, bytes)
  } catch (error) {
    await port.close(descriptor)
    await discard(port, path)
    throw error
  }
  return {
    async rewrite(content) {
      await port.write(descriptor, new TextEncoder().encode(content), 0)
    },
    close: async () => port.close(descriptor),
  }
}

async function readText(port: FsPort, path: string): Promise<string | undefined> {
  let descriptor: number
  try {
    descriptor = await port.open(path, READ)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined
    // A symbolic link, as locks of old versions were.
    if (failedWith(error, 'ELOOP', 'EMLINK')) return port.readlink(path)
    throw error
  }
  try {
    const bytes = new Uint8Array(MOST)
    return new TextDecoder('latin1').decode(bytes.subarray(0, await port.read(descriptor, [bytes], 0)))
  } finally {
    await port.close(descriptor)
  }
}
