import { createRequire } from 'node:module'
import type { Database } from 'better-sqlite3'

/** Opens SQLite and other embedded stores over a file; each is loaded only when a row needs it. */

export function betterSqlite(file: string): Database {
  // Not by import: a native library that is not there could then not be caught.
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof import('better-sqlite3')
  return new Sqlite(file)
}

export async function keyvOver(file: string) {
  const { Keyv } = await import('keyv')
  const { default: KeyvSqlite } = await import('@keyv/sqlite')
  return new Keyv({ store: new KeyvSqlite(`sqlite://${file}`) })
}

export async function unstorageOverSqlite(file: string) {
  const { createStorage } = await import('unstorage')
  const { default: driver } = await import('unstorage/drivers/db0')
  const { createDatabase } = await import('db0')
  const { default: connector } = await import('db0/connectors/better-sqlite3')
  return createStorage({ driver: driver({ database: createDatabase(connector({ path: file })) }) })
}

export async function levelOver(folder: string) {
  const { Level } = await import('level')
  const level = new Level<string, Uint8Array>(folder, { valueEncoding: 'view' })
  await level.open()
  return level
}
