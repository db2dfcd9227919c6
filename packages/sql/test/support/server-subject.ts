import { randomBytes } from 'node:crypto'
import type { ByteStore, Subject } from '@kvdol/conformance'
import { PATIENCE } from '@kvdol/test-support'
import { type BlobsOptions, blobs, type Database } from '../../src/index.ts'
import { otherCore } from './core-copy.ts'
import { counted } from './counted.ts'
import { type Movable, movable, refusal, waysTo } from './faults.ts'

/** A name of a schema or table that nobody else has. */
export function randomName(): string {
  return `kvdol_test_${randomBytes(6).toString('hex')}`
}

/**
 * Tables on a server, each with a name of its own; tables beside it with names of the same kind must not change. Tables
 * are emptied and used again, because making one takes a server long; `end` drops them. Faults of the network are made
 * where the `url` is known.
 */
export function serverSubject(
  name: string,
  db: Database,
  { url, ...options }: BlobsOptions & { url?: string } = {},
): Subject & { end(): Promise<void> } {
  const quote = (text: string) => (db.dialect === 'mysql' ? `\`${text}\`` : `"${text}"`)
  const drop = (table: string) => db.query(`DROP TABLE IF EXISTS ${quote(table)}`, [])
  const tables = new WeakMap<ByteStore, string>()
  const beside = new WeakMap<ByteStore, string[]>()
  const broken = new WeakSet<ByteStore>()
  const ways = new WeakMap<ByteStore, Movable>()
  const moved: Database[] = []
  const to = url === undefined ? undefined : waysTo(url)
  const move = (store: ByteStore, other: Database) => {
    moved.push(other)
    ways.get(store)?.moveTo(other)
  }
  const free: string[] = []
  let requests = 0
  const opened = (table: string) => {
    const way = movable(db)
    const store = blobs(
      counted(way.through, () => requests++),
      { ...options, table },
    )
    ways.set(store, way)
    tables.set(store, table)
    return store
  }
  const tableOf = (store: ByteStore) => tables.get(store) as string
  return {
    name,
    timeout: PATIENCE,
    open: () => opened(free.pop() ?? randomName()),
    reopen: store => opened(tableOf(store)),
    otherCore,
    async remove(store) {
      for (const table of beside.get(store) ?? []) await drop(table)
      if (broken.has(store)) {
        await drop(tableOf(store))
        return
      }
      const emptied = await Promise.resolve(db.query(`DELETE FROM ${quote(tableOf(store))}`, [])).catch(
        () => undefined,
      )
      if (emptied !== undefined) free.push(tableOf(store))
    },
    requests: () => requests,
    async canaries(store) {
      const names = ['2', ' ', '%'].map(end => `${tableOf(store)}${end}x`)
      names.push(tableOf(store).toUpperCase())
      beside.set(store, [...(beside.get(store) ?? []), ...names])
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
    async crowd(store) {
      await store.size()
      const names = ['2', ' ', '%'].map(end => `${tableOf(store)}${end}y`)
      beside.set(store, [...(beside.get(store) ?? []), ...names])
      for (const name of names) await blobs(db, { table: name }).set('a', new Uint8Array(1))
    },
    async failWrite(store, key) {
      await store.size()
      for (const text of refusal(db.dialect, quote(tableOf(store)), randomName(), key))
        await db.query(text, [])
      broken.add(store)
    },
    ...(to && {
      slow: async (store, milliseconds) => move(store, await to.slow(milliseconds)),
      damage: async store => move(store, await to.cutting(1000)),
      async abandonLock(store, key) {
        await to.abandonLock(tableOf(store), key)
        return 10_000
      },
    }),
    async end() {
      for (const other of moved) await other.close()
      for (const table of free) await drop(table)
    },
  }
}
