import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { children, toArray } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { blobs, sqlite } from '@kvdol/sql'
import { type Entry, ours, raw } from '../entry.ts'
import { betterSqlite } from '../peers/sqlite-stores.ts'
import type { Row } from '../row.ts'
import { folderName, type Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const FILES = 10_000
const FOLDERS = 20
const KEYS = Array.from({ length: 20_000 }, (_, index) => `event-${100_000 + index}`)

/** One level of a tree, and the end of a long listing. */
export const levelRows: readonly Row[] = [
  timedRow('children of a root with 20 folders of 500 files', 1.5, scratch => level(scratch, '')),
  timedRow('children of a folder with 500 files', 1.5, scratch => level(scratch, folderName(7))),
  timedRow('the last of 20,000 keys of SQLite', 2, lastKey),
]

function level(scratch: Scratch, folder: string): Entry[] {
  const root = scratch.tree(FILES, FOLDERS)
  return [
    raw('readdir, with types', () => () => readdir(join(root, folder), { withFileTypes: true })),
    ours('children of files', () => {
      const store = files(root)
      return () => toArray(children(store, folder === '' ? undefined : `${folder}/`))
    }),
  ]
}

function lastKey(scratch: Scratch): Entry[] {
  return [
    raw('better-sqlite3, prepared', () => {
      const database = betterSqlite(join(scratch.folder('last-raw'), 'raw.db'))
      scratch.defer(() => database.close())
      database.exec('CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID')
      const insert = database.prepare('INSERT INTO entries VALUES (?, ?)')
      database.transaction(() => {
        for (const key of KEYS) insert.run(key, Buffer.from('x'))
      })()
      const last = database.prepare('SELECT key FROM entries ORDER BY key DESC LIMIT 1').pluck()
      return () => last.get()
    }),
    ours('keys({ reverse, limit })', async () => {
      const database = sqlite(join(scratch.folder('last'), 'kvdol.db'))
      scratch.defer(() => database.close())
      const store = blobs(database)
      await store.setMany(KEYS.map(key => [key, Buffer.from('x')] as const))
      return () => toArray(store.keys({ reverse: true, limit: 1 }))
    }),
  ]
}
