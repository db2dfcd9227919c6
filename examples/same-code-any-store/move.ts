import { copy } from '@kvdol/core'
import { postgres, sqlite } from '@kvdol/sql'
import { MongoClient } from 'mongodb'
import { report } from './report.ts'
import { inCollection, inMemory, inTable, type Sales } from './stores.ts'

/** Where the databases are. */
export interface Places {
  /** A file of SQLite. */
  readonly file: string
  /** An address of PostgreSQL: `postgres://…`. */
  readonly postgres: string
  /** An address of MongoDB: `mongodb://…`, and the name of a database there. */
  readonly mongo: readonly [url: string, database: string]
}

/**
 * Moves the sales from memory to SQLite, on to PostgreSQL and on to MongoDB, and makes the same report at each stop.
 * What differs is one line for each; the report does not change.
 */
export async function move(sales: readonly Sale[], places: Places): Promise<Map<string, object>> {
  await using lite = sqlite(places.file)
  await using server = postgres(places.postgres)
  await using client = new MongoClient(places.mongo[0])
  const stops: Record<string, Sales> = {
    memory: inMemory(),
    SQLite: inTable(lite),
    PostgreSQL: inTable(server),
    MongoDB: inCollection(client.db(places.mongo[1])),
  }
  const reports = new Map<string, object>()
  let last: Sales | undefined
  for (const [name, store] of Object.entries(stops)) {
    if (last === undefined) await store.setMany(sales)
    else await copy(last, store)
    reports.set(name, Object.fromEntries(await report(store, 2025)))
    last = store
  }
  return reports
}

type Sale = readonly [readonly [shop: string, year: number], { amount: number }]
