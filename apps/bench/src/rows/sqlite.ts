import { join } from 'node:path'
import { blobs, sqlite } from '@kvdol/sql'
import { type Entry, ours, peer, raw } from '../entry.ts'
import { betterSqlite, keyvOver, levelOver, unstorageOverSqlite } from '../peers/sqlite-stores.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const SINGLE_BUDGET = 1.5
const BATCH_BUDGET = 1.2
const LIST_BUDGET = 1.5
const KILOBYTE = Buffer.alloc(1024, 7)
const BATCH = 100
const FOLDERS = 100
const KEYS = Array.from({ length: 10_000 }, (_, index) => `${folderAt(index)}report-${index}.bin`)

function folderAt(index: number): string {
  return `reports/${String(index % FOLDERS).padStart(3, '0')}/`
}

/** Values in an SQLite file, and in other embedded databases. */
export const sqliteRows: readonly Row[] = [
  timedRow('SQLite get, 1 KB', SINGLE_BUDGET, reading),
  timedRow('SQLite set, 1 KB', SINGLE_BUDGET, writing),
  timedRow('SQLite setMany of 100, 1 KB', BATCH_BUDGET, writingMany),
  timedRow('SQLite list 100 of 10,000 keys by prefix', LIST_BUDGET, listing),
]

const keyAt = (turn: number): string => KEYS[turn % KEYS.length]!
const batchAt = (turn: number): string[] =>
  Array.from({ length: BATCH }, (_, index) => keyAt(turn * BATCH + index))
/** A kilobyte that differs from the one before: SQLite spares itself the writing of what is there already. */
function newValue(): Buffer {
  KILOBYTE.writeUInt32LE(++written)
  return KILOBYTE
}
let written = 0

const prefixAt = (turn: number): string => folderAt(turn)

/** What each contestant has to do, over a store that holds all keys. */
interface Work {
  raw(database: ReturnType<typeof filledDatabase>): (turn: number) => unknown
  ours(store: Awaited<ReturnType<typeof filledStore>>): (turn: number) => unknown
  keyv?(store: Awaited<ReturnType<typeof keyvOver>>): (turn: number) => unknown
  unstorage?(store: Awaited<ReturnType<typeof unstorageOverSqlite>>): (turn: number) => unknown
  level(store: Awaited<ReturnType<typeof levelOver>>): (turn: number) => unknown
}

function contest(scratch: Scratch, work: Work, notes: { keyv?: string; unstorage?: string } = {}): Entry[] {
  const { keyv, unstorage } = work
  return [
    raw('better-sqlite3, prepared', () => work.raw(filledDatabase(scratch))),
    ours('blobs over sqlite', async () => work.ours(await filledStore(scratch))),
    ...(keyv === undefined
      ? []
      : [peer('keyv', notes.keyv ?? '', async () => keyv(await filledKeyv(scratch)))]),
    ...(unstorage === undefined
      ? []
      : [peer('unstorage', notes.unstorage ?? '', async () => unstorage(await filledUnstorage(scratch)))]),
    peer('level', 'LevelDB', async () => work.level(await filledLevel(scratch))),
  ]
}

function reading(scratch: Scratch): Entry[] {
  return contest(
    scratch,
    {
      raw(database) {
        const select = database.prepare('SELECT value FROM entries WHERE key = ?').pluck()
        return turn => select.get(keyAt(turn))
      },
      ours: store => turn => store.get(keyAt(turn)),
      keyv: store => turn => store.get(keyAt(turn)),
      unstorage: store => turn => store.getItemRaw(keyAt(turn)),
      level: store => turn => store.get(keyAt(turn)),
    },
    { keyv: 'base64 in JSON text', unstorage: 'db0, raw item' },
  )
}

function writing(scratch: Scratch): Entry[] {
  return contest(
    scratch,
    {
      raw(database) {
        const upsert = database.prepare(UPSERT)
        return turn => upsert.run(keyAt(turn), newValue())
      },
      ours: store => turn => store.set(keyAt(turn), newValue()),
      keyv: store => turn => store.set(keyAt(turn), newValue()),
      unstorage: store => turn => store.setItemRaw(keyAt(turn), newValue()),
      level: store => turn => store.put(keyAt(turn), newValue()),
    },
    { keyv: 'base64 in JSON text', unstorage: 'db0, raw item' },
  )
}

function writingMany(scratch: Scratch): Entry[] {
  return contest(
    scratch,
    {
      raw(database) {
        const upsert = database.prepare(UPSERT)
        const all = database.transaction((keys: readonly string[], value: Buffer) => {
          for (const key of keys) upsert.run(key, value)
        })
        return turn => all(batchAt(turn), newValue())
      },
      ours: store => turn => store.setMany(batchAt(turn).map(key => [key, newValue()] as const)),
      keyv: store => turn => store.setMany(batchAt(turn).map(key => ({ key, value: newValue() }))),
      unstorage: store => turn => Promise.all(batchAt(turn).map(key => store.setItemRaw(key, newValue()))),
      level: store => turn =>
        store.batch(batchAt(turn).map(key => ({ type: 'put', key, value: newValue() }))),
    },
    { keyv: 'base64 in JSON text', unstorage: 'db0, raw items one by one' },
  )
}

function listing(scratch: Scratch): Entry[] {
  const all = peer('better-sqlite3, prepared', 'all at once', () => {
    const range = filledDatabase(scratch).prepare(RANGE).pluck()
    return turn => range.all(prefixAt(turn), successor(prefixAt(turn)))
  })
  const entries = contest(
    scratch,
    {
      raw(database) {
        const range = database.prepare(RANGE).pluck()
        return turn => each(range.iterate(prefixAt(turn), successor(prefixAt(turn))))
      },
      ours: store => turn => count(store.keys({ prefix: prefixAt(turn) })),
      unstorage: store => turn => store.getKeys(prefixAt(turn)),
      level: store => turn => store.keys({ gte: prefixAt(turn), lt: successor(prefixAt(turn)) }).all(),
    },
    { unstorage: 'db0' },
  )
  return [...entries, all]
}

const RANGE = 'SELECT key FROM entries WHERE key >= ? AND key < ?'
const UPSERT =
  'INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'

/** The next string after all that start with a prefix that ends in a slash. */
const successor = (prefix: string): string => `${prefix.slice(0, -1)}0`

/** Lazily, as a store lists. */
function each(keys: Iterable<unknown>): number {
  let found = 0
  for (const _ of keys) found++
  return found
}

async function count(keys: AsyncIterable<unknown>): Promise<number> {
  let found = 0
  for await (const _ of keys) found++
  return found
}

function filledDatabase(scratch: Scratch) {
  const database = betterSqlite(join(scratch.folder('raw'), 'file.db'))
  scratch.defer(() => database.close())
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.exec('CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL)')
  const upsert = database.prepare(UPSERT)
  database.transaction(() => {
    for (const key of KEYS) upsert.run(key, KILOBYTE)
  })()
  return database
}

async function filledStore(scratch: Scratch) {
  const database = sqlite(join(scratch.folder('ours'), 'file.db'), { sync: 'normal' })
  scratch.defer(() => database.close())
  const store = blobs(database)
  await store.setMany(KEYS.map(key => [key, KILOBYTE]))
  return store
}

async function filledKeyv(scratch: Scratch) {
  const store = await keyvOver(join(scratch.folder('keyv'), 'file.db'))
  scratch.defer(() => store.disconnect())
  await store.setMany(KEYS.map(key => ({ key, value: KILOBYTE })))
  return store
}

async function filledUnstorage(scratch: Scratch) {
  const store = await unstorageOverSqlite(join(scratch.folder('unstorage'), 'file.db'))
  scratch.defer(() => store.dispose())
  for (const key of KEYS) await store.setItemRaw(key, KILOBYTE)
  return store
}

async function filledLevel(scratch: Scratch) {
  const store = await levelOver(scratch.folder('level'))
  scratch.defer(() => store.close())
  await store.batch(KEYS.map(key => ({ type: 'put', key, value: KILOBYTE })))
  return store
}
