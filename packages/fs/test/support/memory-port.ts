import { type BigIntStats, constants, type Stats } from 'node:fs'
import type { Entry, FsPort } from '../../src/file/port.ts'

interface Inode {
  readonly number: number
  readonly folder: boolean
  mode: number
  changed: number
  bytes: Uint8Array
  /** What a loss of power leaves of the bytes. */
  safeBytes: Uint8Array
  /** The names in a folder as they are compared, with the spelling and the inode. */
  names: Map<string, Named>
  safeNames: Map<string, Named>
}

interface Named {
  readonly name: string
  readonly inode: Inode
}

/** What is lost with the power: everything not synced, or only contents, or only names. */
export type Loss = 'everything' | 'contents' | 'names'

export interface MemoryPort extends FsPort {
  /** How many calls have changed something. */
  readonly steps: number
  /** Makes this step and everything after it fail. */
  failAt(step: number): void
  /** The power goes and comes back. */
  losePower(loss: Loss): void
}

const failure = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall })

/** A file system in memory that can lose what was not synced. `compare` says which names are one. */
export function memoryPort(compare: (name: string) => string = name => name): MemoryPort {
  let numbers = 0
  let clock = 0
  let steps = 0
  let last = Number.POSITIVE_INFINITY
  let descriptors = new Map<number, { inode: Inode; path: string; at: number }>()
  const root = inode(true)

  function inode(folder: boolean, mode = 0o777): Inode {
    const none = new Uint8Array()
    const maps = { names: new Map<string, Named>(), safeNames: new Map<string, Named>() }
    return { number: ++numbers, folder, mode, changed: ++clock, bytes: none, safeBytes: none, ...maps }
  }

  function step(): void {
    if (steps >= last) throw failure('EIO', 'power')
    steps++
  }

  function named(path: string): Named | undefined {
    let at: Named = { name: '', inode: root }
    for (const part of path.split('/').filter(each => each !== '')) {
      if (!at.inode.folder) throw failure('ENOTDIR', 'open')
      const next = at.inode.names.get(compare(part))
      if (next === undefined) return undefined
      at = next
    }
    return at
  }

  function parent(path: string): [Inode, string] {
    const cut = path.lastIndexOf('/')
    const folder = named(path.slice(0, cut))?.inode
    if (folder === undefined) throw failure('ENOENT', 'open')
    if (!folder.folder) throw failure('ENOTDIR', 'open')
    return [folder, path.slice(cut + 1)]
  }

  function find(path: string): Inode {
    const found = named(path)?.inode
    if (found === undefined) throw failure('ENOENT', 'open')
    return found
  }

  function openNow(path: string, flags: number, mode = 0o666): number {
    let found = named(path)?.inode
    if ((flags & constants.O_CREAT) !== 0) {
      step()
      if (found !== undefined) throw failure('EEXIST', 'open')
      const [folder, name] = parent(path)
      found = inode(false, mode)
      folder.names.set(compare(name), { name, inode: found })
    }
    if (found === undefined) throw failure('ENOENT', 'open')
    descriptors.set(++numbers, { inode: found, path, at: 0 })
    return numbers
  }

  const opened = (descriptor: number) => {
    const found = descriptors.get(descriptor)
    if (found === undefined) throw failure('EBADF', 'read')
    return found
  }

  function stats({ folder, number, bytes, mode, changed }: Inode): Stats {
    const is = { isFile: () => !folder, isDirectory: () => folder, isSymbolicLink: () => false }
    return { ...is, ino: number, dev: 1, size: bytes.byteLength, mode, mtimeMs: changed } as Stats
  }

  function exact(found: Inode): BigIntStats {
    const times = {
      mtimeNs: BigInt(found.changed),
      ctimeNs: BigInt(found.changed),
      mtimeMs: BigInt(found.changed),
    }
    return {
      ...stats(found),
      ...times,
      ino: BigInt(found.number),
      size: BigInt(found.bytes.byteLength),
    } as unknown as BigIntStats
  }

  async function sync(descriptor: number): Promise<void> {
    step()
    const { inode: synced } = opened(descriptor)
    synced.safeBytes = synced.bytes
    synced.safeNames = new Map(synced.names)
  }

  function restore(found: Inode, loss: Loss): void {
    if (loss !== 'contents') found.names = new Map(found.safeNames)
    if (loss !== 'names') found.bytes = found.safeBytes
    found.safeBytes = found.bytes
    found.safeNames = new Map(found.names)
    for (const { inode: below } of found.names.values()) restore(below, loss)
  }

  return {
    platform: 'linux',
    descriptors: undefined,
    lookAt() {},
    placeOf: () => '',
    release() {},
    get steps() {
      return steps
    },
    failAt(step) {
      last = step
    },
    losePower(loss) {
      last = Number.POSITIVE_INFINITY
      descriptors = new Map()
      restore(root, loss)
    },
    open: async (path, flags, mode) => openNow(path, flags, mode),
    async read(descriptor, buffers, position) {
      const file = opened(descriptor)
      let at = position ?? file.at
      const start = at
      for (const buffer of buffers) {
        const part = file.inode.bytes.subarray(at, at + buffer.byteLength)
        buffer.set(part)
        at += part.byteLength
      }
      file.at = at
      return at - start
    },
    async write(descriptor, bytes, position) {
      step()
      const file = opened(descriptor)
      const before = file.inode.bytes
      const at = position ?? before.byteLength
      file.inode.bytes = Buffer.concat([
        before.subarray(0, at),
        bytes,
        before.subarray(at + bytes.byteLength),
      ])
      file.inode.changed = ++clock
      return bytes.byteLength
    },
    sync,
    syncData: sync,
    close: async descriptor => void descriptors.delete(descriptor),
    fstat: descriptor => stats(opened(descriptor).inode),
    fstatExact: descriptor => exact(opened(descriptor).inode),
    chmod: (descriptor, mode) => {
      opened(descriptor).inode.mode = mode
    },
    chown() {},
    touch() {},
    lstat(path) {
      const found = named(path)
      return found && stats(found.inode)
    },
    lstatExact(path) {
      const found = named(path)
      return found && exact(found.inode)
    },
    readlink: () => {
      throw failure('EINVAL', 'readlink')
    },
    realpath(path) {
      find(path)
      const parts = path.split('/').filter(part => part !== '')
      return `/${parts.map((_, index) => named(parts.slice(0, index + 1).join('/'))?.name).join('/')}`
    },
    async rename(from, to) {
      step()
      const [source, name] = parent(from)
      const [target, newName] = parent(to)
      const moved = find(from)
      const replaced = named(to)
      if (replaced?.inode.folder) throw failure('EISDIR', 'rename')
      source.names.delete(compare(name))
      // As real media do: a name that is there already keeps its spelling.
      target.names.set(compare(newName), { name: replaced?.name ?? newName, inode: moved })
    },
    async link(from, to) {
      step()
      if (named(to) !== undefined) throw failure('EEXIST', 'link')
      const [folder, name] = parent(to)
      folder.names.set(compare(name), { name, inode: find(from) })
    },
    async unlink(path) {
      step()
      const [folder, name] = parent(path)
      if (!folder.names.delete(compare(name))) throw failure('ENOENT', 'unlink')
    },
    async mkdir(path) {
      step()
      if (named(path) !== undefined) throw failure('EEXIST', 'mkdir')
      const [folder, name] = parent(path)
      folder.names.set(compare(name), { name, inode: inode(true) })
    },
    async rmdir(path) {
      step()
      const [folder, name] = parent(path)
      if (find(path).names.size > 0) throw failure('ENOTEMPTY', 'rmdir')
      folder.names.delete(compare(name))
    },
    names: path => Array.from(find(path).names.values(), ({ name }) => name),
    async opendir(path) {
      let entries = Array.from(
        find(path).names.values(),
        ({ name, inode: found }): Entry => ({ name, ...stats(found) }),
      )
      return {
        whole: true,
        async next() {
          const all = entries
          entries = []
          return all
        },
        close() {},
      }
    },
  }
}
