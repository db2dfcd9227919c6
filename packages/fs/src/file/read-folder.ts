import type fs from 'node:fs'
import type { Dirent, Stats } from 'node:fs'
import type { MaybePromise } from '@kvdol/core'
import { failedWith, mapBounded } from '@kvdol/core/adapter'
import { call, type FsCalls, orNothing } from './calls.ts'
import type { Entry, OpenFolder } from './port.ts'

/** Folders whose own size is at most this hold some thousand entries, which are read in one call. */
export const SMALL_FOLDER = 64 * 1024
/** And these one or two hundred, which takes less time than a trip through the thread pool. */
export const TINY_FOLDER = 8 * 1024

/** A folder that is read in one call, which holds the event loop. */
export function readNow(calls: FsCalls, path: string): MaybePromise<OpenFolder> {
  try {
    return whole(calls.readdirSync(path, { withFileTypes: true }))
  } catch {
    return readAtOnce(calls, path)
  }
}

/** The same by the thread pool. */
export async function readAtOnce(calls: FsCalls, path: string): Promise<OpenFolder> {
  return whole(await readEntries(calls, path))
}

function whole(entries: readonly Entry[]): OpenFolder {
  return {
    whole: true,
    async next() {
      const all = entries
      entries = []
      return all
    },
    close() {},
  }
}

async function readEntries(calls: FsCalls, path: string): Promise<readonly Entry[]> {
  try {
    return await call<Dirent[]>(done => calls.readdir(path, { withFileTypes: true }, done))
  } catch (error) {
    if (!failedWith(error, 'ENOENT')) throw error
  }
  // Where the listing does not tell what entries are, Node looks at each, and fails if one has gone meanwhile.
  const names = await call<string[]>(done => calls.readdir(path, done))
  const look = async (name: string) => {
    const stats = await call<Stats | undefined>(done => calls.lstat(`${path}/${name}`, orNothing(done)))
    return stats && Object.assign(stats, { name })
  }
  const entries: Entry[] = []
  for await (const entry of mapBounded(names, 16, look)) if (entry !== undefined) entries.push(entry)
  return entries
}

export async function readInBatches(calls: FsCalls, path: string, batch: number): Promise<OpenFolder> {
  const folder = await call<fs.Dir>(done => calls.opendir(path, { bufferSize: batch }, done))
  return {
    whole: false,
    async next() {
      const entry = await folder.read()
      if (entry === null) return []
      // The rest of the batch is in memory. A batch that is not full is the last one, and asking once more is then
      // answered at once.
      const entries = [entry]
      while (entries.length < batch) {
        const another = folder.readSync()
        if (another === null) break
        entries.push(another)
      }
      return entries
    },
    close: () => folder.closeSync(),
  }
}
