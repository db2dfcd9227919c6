import { randomBytes } from 'node:crypto'
import type { ByteStore, Subject } from '@kvdol/conformance'
import { type BlobsOptions, blobs, type Database } from '../../src/index.ts'
import { counted } from './counted.ts'

/** A name of a schema or table that nobody else has. */
export function randomName(): string {
  return `kvdol_test_${randomBytes(6).toString('hex')}`
}

/**
 * Tables on a server, each with a name of its own; tables beside it with names of the same kind must not change. Tables
 * are emptied and used again, because making one takes a server long; `end` drops them.
 */
export function serverSubject(
  name: string,
  db: Database,
  options: BlobsOptions = {},
): Subject & { end(): Promise<void> } {
  const quote = (text: string) => (db.dialect === 'mysql' ? `\`${text}\`` : `"${text}"`)
  const drop = (table: string) => db.query(`DROP TABLE IF EXISTS ${quote(table)}`, [])
  const tables = new WeakMap<ByteStore, string>()
  const beside = new WeakMap<ByteStore, string[]>()
  const broken = new WeakSet<ByteStore>()
  const free: string[] = []
  let requests = 0
  const opened = (table: string) => {
    const store = blobs(
      counted(db, () => requests++),
      { ...options, table },
    )
    tables.set(store, table)
    return store
  }
  const tableOf = (store: ByteStore) => tables.get(store) as string
  return {
    name,
    open: () => opened(free.pop() ?? randomName()),
    reopen: store => opened(tableOf(store)),
    async remove(store) {
      for (const table of beside.get(store) ?? []) await drop(table)
      if (broken.has(store)) return
      const emptied = await Promise.resolve(db.query(`DELETE FROM ${quote(tableOf(store))}`, [])).catch(
        () => undefined,
      )
      if (emptied !== undefined) free.push(tableOf(store))
    },
    requests: () => requests,
    async canaries(store) {
      const names = ['2', ' ', '%'].map(end => `${tableOf(store)}${end}x`)
      names.push(tableOf(store).toUpperCase())
      beside.set(store, names)
      const neighbours = names.map(table => blobs(db, { table }))
      for (const [index, table] of names.entries())
        await neighbours[index]?.set('a', new TextEncoder().encode(table))
      return {
        async check() {
          for (const [index, table] of names.entries())
            if (new TextDecoder().decode(await neighbours[index]?.get('a')) !== table)
              throw new Error(`the table ${table} has changed`)
        },
      }
    },
    async outage(store) {
      await store.size()
      const gone = `${tableOf(store)}_gone`
      await db.query(`ALTER TABLE ${quote(tableOf(store))} RENAME TO ${quote(gone)}`, [])
      beside.set(store, [gone])
      broken.add(store)
    },
    async end() {
      for (const table of free) await drop(table)
    },
  }
}
