import { existsSync, statSync } from 'node:fs'

/** So long the file that is there is taken for the one that was there before, in milliseconds. */
const SAME = 5

/** Notices that a database file is gone, or that another one is in its place: what is written then would be lost. */
export function fileWatch(file: string) {
  let opened: Identity | undefined
  let looked = 0
  return {
    /** The file has just been opened. */
    begin(): void {
      opened = identityOf(file)
    },
    /** Throws what SQLite throws in such a case, where it notices it. */
    assertThere(): void {
      if (opened === undefined) return
      const now = performance.now()
      // Every write waits for this, and whether there is a file costs less than which one it is.
      if (now - looked < SAME && existsSync(file)) return
      looked = now
      const found = identityOf(file)
      if (found?.device === opened.device && found.number === opened.number) return
      looked = 0
      throw Object.assign(new Error('the database file is not the one that was opened'), {
        code: 'SQLITE_READONLY_DBMOVED',
      })
    },
  }
}

interface Identity {
  readonly device: number
  readonly number: number
}

function identityOf(file: string): Identity | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats && { device: stats.dev, number: stats.ino }
}
