import type { Archive } from '../reading/archive.ts'
import { assertFree } from './assert-free.ts'
import type { Commit } from './committer.ts'
import type { Fresh } from './fresh.ts'
import type { Changes } from './staged.ts'

/** Changes that are not in the archive yet, but are seen by the store that made them. */
export interface Staging {
  readonly changes: Changes
  /** Takes a request in, without writing it. */
  readonly commit: Commit
  /** Brings everything into the archive, in one step. */
  flush(): Promise<void>
  /** Forgets what is not in the archive yet. */
  discard(): Promise<void>
}

/** Keeps requests back until they are flushed. */
export function staging(commit: Commit, archive: Archive, overwrite: boolean): Staging {
  const changes = new Map<string, Fresh | undefined>()
  const removed = new Set<string>()
  const superseded: Fresh[] = []
  let flushing: Promise<void> = Promise.resolve()

  return {
    changes,
    async commit(request) {
      await archive.reading(directory => {
        for (const [key, fresh] of request.changes) {
          const there = changes.has(key) ? changes.get(key) !== undefined : directory.keys.has(key)
          if (fresh !== undefined) assertFree(directory, key, overwrite || !there)
        }
      })
      for (const [key, fresh] of request.changes) put(key, fresh)
    },
    flush: () => next(flushNow),
    discard: () => next(discardNow),
  }

  /** Runs after the flush that is under way. */
  function next(work: () => Promise<void> | void): Promise<void> {
    flushing = flushing.catch(() => {}).then(work)
    return flushing
  }

  function discardNow(): void {
    for (const fresh of [...superseded.splice(0), ...changes.values()]) fresh?.body.release()
    changes.clear()
    removed.clear()
  }

  function put(key: string, fresh: Fresh | undefined): void {
    const old = changes.get(key)
    if (old !== undefined) superseded.push(old)
    if (fresh === undefined) removed.add(key)
    changes.set(key, fresh)
  }

  async function flushNow(): Promise<void> {
    if (changes.size === 0) return
    const now = new Map(changes)
    const old = superseded.splice(0)
    await commit({ changes: now, removed: new Set(removed) })
    for (const fresh of old) fresh.body.release()
    for (const [key, fresh] of now) {
      // What was changed again meanwhile goes with the next flush.
      if (changes.get(key) !== fresh) continue
      changes.delete(key)
      removed.delete(key)
      fresh?.body.release()
    }
  }
}
