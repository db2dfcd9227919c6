import { statSync } from 'node:fs'

/** Notices that a database file is gone, or that another one is in its place: what is written then would be lost. */
export function fileWatch(file: string) {
  let opened: string | undefined
  return {
    /** The file has just been opened. */
    begin(): void {
      opened = identityOf(file)
    },
    /** Throws what SQLite throws in such a case, where it notices it. */
    assertThere(): void {
      if (opened === undefined || identityOf(file) === opened) return
      throw Object.assign(new Error('the database file is not the one that was opened'), {
        code: 'SQLITE_READONLY_DBMOVED',
      })
    },
  }
}

function identityOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats && `${stats.dev} ${stats.ino}`
}
