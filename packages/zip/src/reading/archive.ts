import type { MaybePromise } from '@kvdol/core'
import { isStoreError, StoreError } from '@kvdol/core/adapter'
import type { Directory } from '../format/directory.ts'
import { replaced } from '../format/failures.ts'
import { KeyIndex } from '../format/key-index.ts'
import type { Settings } from '../options.ts'
import type { Handle, Known, Place } from '../places/place.ts'
import { loadDirectory } from './load.ts'

/** How often a read starts again when the archive is replaced meanwhile. */
const TRIES = 10

/** No archive at all. */
export const NOTHING: Directory = {
  entries: [],
  keys: new KeyIndex(),
  foreign: [],
  foreignNames: new KeyIndex(),
  start: 0,
  comment: Buffer.alloc(0),
  total: 0,
}

/** Bytes of the archive, if they are at hand. */
type ReadNow = NonNullable<Handle['readNow']>

/** A directory, and the archive that has it. */
interface Seen {
  readonly known: Known
  readonly directory: Promise<Directory>
  /** Once it is read. */
  ready?: Directory
  readonly readNow: Handle['readNow']
}

/** An archive that may be replaced at any time, and its directory as it was last seen. */
export interface Archive {
  /**
   * What `look` finds in the archive as it is now, at once, with the bytes that are at hand. `undefined` where it finds
   * nothing, and where the archive has to be looked at in the other way, which also tells what is wrong.
   */
  peek<T>(look: (directory: Directory, read: ReadNow) => T | undefined): T | undefined
  /** What the directory tells, of the archive as it is now. */
  told<T>(tell: (directory: Directory) => T): MaybePromise<T>
  /** Runs `work` on the archive as it is now; again when it is replaced meanwhile. */
  reading<T>(work: (directory: Directory, handle: Handle | undefined) => MaybePromise<T>): Promise<T>
  /** The archive as it is now, left open for the caller to close. */
  opened(): Promise<{ directory: Directory; handle: Handle | undefined }>
  /** The directory of what a handle shows. */
  directoryOf(handle: Handle | undefined): Promise<Directory>
}

export function archive(place: Place, settings: Settings): Archive {
  let seen: Seen | undefined

  return { peek, told, reading, opened, directoryOf }

  function peek<T>(look: (directory: Directory, read: ReadNow) => T | undefined): T | undefined {
    if (seen?.ready === undefined || seen.readNow === undefined) return undefined
    try {
      return look(seen.ready, seen.readNow)
    } catch {
      return undefined
    }
  }

  function told<T>(tell: (directory: Directory) => T): MaybePromise<T> {
    const found = peek((directory, read) => read(0, 0) && { value: tell(directory) })
    return found === undefined ? reading(tell) : found.value
  }

  async function reading<T>(
    work: (directory: Directory, handle: Handle | undefined) => MaybePromise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const result = await once(work)
      if (result !== undefined) return result.value
      if (attempt === TRIES) throw replaced()
    }
  }

  /** One attempt; `undefined` when the archive was replaced meanwhile, whatever came of it. */
  async function once<T>(
    work: (directory: Directory, handle: Handle | undefined) => MaybePromise<T>,
  ): Promise<{ value: T } | undefined> {
    const before = seen
    const handle = await place.open(before?.known)
    try {
      const value = await work(await directoryOf(handle), handle)
      return (await stillCurrent(handle)) ? { value } : undefined
    } catch (error) {
      // Bytes of two archives together are damaged without either being so.
      if (!(await stillCurrent(handle)) || isOutdated(error, handle, before)) return undefined
      throw error
    } finally {
      handle?.close()
    }
  }

  /** Whether damage may only be that of an old directory, where a place cannot tell each of its contents from others. */
  function isOutdated(error: unknown, handle: Handle | undefined, before: typeof seen): boolean {
    const cached = handle?.version !== undefined && before !== undefined && seen === before
    if (!cached || !isStoreError(error, 'Corrupt')) return false
    seen = undefined
    return true
  }

  async function stillCurrent(handle: Handle | undefined): Promise<boolean> {
    const current = handle === undefined || (await handle.isCurrent())
    if (!current) seen = undefined
    return current
  }

  async function opened(): Promise<{ directory: Directory; handle: Handle | undefined }> {
    const handle = await place.open(seen?.known)
    try {
      return { directory: await directoryOf(handle), handle }
    } catch (error) {
      handle?.close()
      throw error
    }
  }

  async function directoryOf(handle: Handle | undefined): Promise<Directory> {
    if (handle === undefined) {
      if (!settings.mustExist) return NOTHING
      throw new StoreError('Unavailable', 'the archive does not exist (mustExist)', { retryable: false })
    }
    const { version, size } = handle
    if (seen?.known.version !== version || seen?.known.size !== size) {
      const now: Seen = {
        known: { version, size },
        directory: loadDirectory(handle, settings),
        readNow: handle.readNow,
      }
      seen = now
      now.directory.then(
        directory => {
          now.ready = directory
        },
        () => {
          if (seen === now) seen = undefined
        },
      )
    }
    return await seen.directory
  }
}
