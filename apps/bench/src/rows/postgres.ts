import { blobs, postgres } from '@kvdol/sql'
import pg from 'pg'
import { type Entry, ours, raw } from '../entry.ts'
import { IN_FLIGHT, inFlight } from '../in-flight.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const BUDGET = 1.15
const CONNECTIONS = 10
const KILOBYTE = Buffer.alloc(1024, 7)
const KEYS = Array.from({ length: 1000 }, (_, index) => `reports/report-${index}.bin`)
const MANY = Array.from({ length: 10_000 }, (_, index) => `many/report-${index}.bin`)

/** Values in a table of PostgreSQL, beside its driver alone. */
export const postgresRows: readonly Row[] = [
  timedRow(`PostgreSQL, 1,000 gets of 1 KB, ${IN_FLIGHT} in flight`, BUDGET, reading),
  timedRow('PostgreSQL, setMany of 10,000, 1 KB', BUDGET, writingMany),
]

async function reading(scratch: Scratch): Promise<Entry[]> {
  const url = await scratch.server('postgres')
  const keys = KEYS.map(key => Buffer.from(key))
  return [
    raw('pg, prepared', async () => {
      const pool = await filledPool(scratch, url, keys)
      const get = (key: Buffer) =>
        pool.query({ name: 'get', text: 'SELECT value FROM raw_entries WHERE key = $1', values: [key] })
      return () => inFlight(keys, get)
    }),
    ours('blobs over postgres', async () => {
      const store = openStore(scratch, url)
      await store.setMany(KEYS.map(key => [key, KILOBYTE]))
      return () => inFlight(KEYS, key => store.get(key))
    }),
  ]
}

async function writingMany(scratch: Scratch): Promise<Entry[]> {
  const url = await scratch.server('postgres')
  return [
    raw('pg, one statement', async () => {
      const keys = MANY.map(key => Buffer.from(key))
      const pool = await filledPool(scratch, url, [])
      return () => pool.query(UPSERT, [keys, keys.map(() => KILOBYTE)])
    }),
    ours('blobs over postgres', () => {
      const store = openStore(scratch, url)
      return () => store.setMany(MANY.map(key => [key, KILOBYTE] as const))
    }),
  ]
}

const UPSERT = `INSERT INTO raw_entries SELECT * FROM unnest($1::bytea[], $2::bytea[])
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`

async function filledPool(scratch: Scratch, url: string, keys: readonly Buffer[]) {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS })
  scratch.defer(() => pool.end())
  await pool.query('CREATE TABLE IF NOT EXISTS raw_entries (key bytea PRIMARY KEY, value bytea NOT NULL)')
  await pool.query(UPSERT, [keys, keys.map(() => KILOBYTE)])
  return pool
}

function openStore(scratch: Scratch, url: string) {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS })
  const database = postgres(pool)
  scratch.defer(async () => {
    await database.close()
    await pool.end()
  })
  return blobs(database, { table: 'entries' })
}
