import { spawnSync } from 'node:child_process'
import { statSync, truncateSync } from 'node:fs'
import path from 'node:path'
import type { ByteStore, Subject } from '@kvdol/conformance'
import { fastFolder } from '@kvdol/test-support'
import BetterSqlite from 'better-sqlite3'
import { type BlobsOptions, blobs, type Database, type SqliteOptions, sqlite } from '../../src/index.ts'
import { otherCore } from './core-copy.ts'
import { counted } from './counted.ts'
import { refusal } from './faults.ts'

/** Tables of a SQLite file; other tables in it, with names of the same kind, must not change. */
export function sqliteSubject(
  name: string,
  options: SqliteOptions & Pick<BlobsOptions, 'pageSize'> = {},
): Subject {
  const { pageSize, ...open } = options
  const places = new WeakMap<ByteStore, { db: Database; file: string }>()
  const holders = new WeakMap<ByteStore, () => void>()
  let requests = 0
  const opened = (file: string) => {
    const db = sqlite(file, { sync: 'normal', ...open })
    const store = blobs(
      counted(db, () => requests++),
      { pageSize },
    )
    places.set(store, { db, file })
    return store
  }
  const place = (store: ByteStore) => places.get(store) as { db: Database; file: string }
  return {
    name,
    open: () => opened(path.join(fastFolder(), 'store.db')),
    reopen: store => opened(place(store).file),
    otherCore,
    async remove(store) {
      holders.get(store)?.()
      await place(store).db.close()
    },
    requests: () => requests,
    async canaries(store) {
      const { db } = place(store)
      const tables = ['kvdol2', 'KV dol', 'kv"dol', '%', 'main.kvdol']
      for (const table of tables) await blobs(db, { table }).set('a', new TextEncoder().encode(table))
      return {
        async check() {
          for (const table of tables) {
            const value = await blobs(db, { table }).get('a')
            if (new TextDecoder().decode(value) !== table) throw new Error(`the table ${table} has changed`)
          }
        },
      }
    },
    async crowd(store) {
      const { db } = place(store)
      await store.size()
      for (const text of [
        'CREATE VIEW "kvdol view" AS SELECT * FROM kvdol',
        'CREATE INDEX "kvdol index" ON kvdol (etag)',
        'CREATE TABLE "%" (key BLOB, etag TEXT, value BLOB)',
        "INSERT INTO \"%\" VALUES (x'61', 'x', x'62')",
      ])
        await db.query(text, [])
    },
    async outage(store) {
      await place(store).db.query('ALTER TABLE kvdol RENAME TO gone', [])
    },
    async failWrite(store, key) {
      const { db } = place(store)
      await store.size()
      for (const text of refusal('sqlite', 'kvdol', 'refuse', key)) await db.query(text, [])
    },
    /** The end of the file is cut off, as a full disk or a broken copy leaves it. */
    async damage(store) {
      const { db, file } = place(store)
      for (const pragma of ['wal_checkpoint(TRUNCATE)', 'shrink_memory'])
        await db.query(`PRAGMA ${pragma}`, [])
      truncateSync(file, statSync(file).size - 4096)
    },
    slow(store, milliseconds) {
      holders.set(store, holdingLock(place(store).file, milliseconds))
    },
    abandonLock(store) {
      const program = `const db = require('better-sqlite3')(process.argv[1])
db.exec('BEGIN IMMEDIATE')
db.prepare("INSERT INTO kvdol VALUES (x'00', 'x', x'00')").run()
process.kill(process.pid, 'SIGKILL')`
      spawnSync(process.execPath, ['-e', program, place(store).file], { cwd: import.meta.dirname })
      return 5_000
    },
  }
}

/** The longest pause of a writer between two attempts, with some room, in milliseconds. */
const PAUSE = 30

/** Another writer holds the lock of a database for so long, again and again, until it is stopped. */
function holdingLock(file: string, milliseconds: number): () => void {
  const other = new BetterSqlite(file, { timeout: 0 })
  let timer: NodeJS.Timeout | undefined
  const hold = () => {
    try {
      other.exec('BEGIN IMMEDIATE')
    } catch {
      timer = setTimeout(hold, 1)
      return
    }
    timer = setTimeout(() => {
      other.exec('COMMIT')
      timer = setTimeout(hold, PAUSE)
    }, milliseconds)
  }
  hold()
  return () => {
    clearTimeout(timer)
    other.close()
  }
}
