import path from 'node:path'
import type { ByteStore, Subject } from '@kvdol/conformance'
import { fastFolder } from '@kvdol/test-support'
import { type BlobsOptions, blobs, type Database, type SqliteOptions, sqlite } from '../../src/index.ts'
import { counted } from './counted.ts'

/** Tables of a SQLite file; other tables in it, with names of the same kind, must not change. */
export function sqliteSubject(
  name: string,
  options: SqliteOptions & Pick<BlobsOptions, 'pageSize'> = {},
): Subject {
  const { pageSize, ...open } = options
  const places = new WeakMap<ByteStore, { db: Database; file: string }>()
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
    remove: store => place(store).db.close(),
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
  }
}
