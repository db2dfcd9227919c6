import { blobs } from '@kvdol/mongo'
import { Binary, type Collection, MongoClient } from 'mongodb'
import { type Entry, ours, raw } from '../entry.ts'
import { IN_FLIGHT, inFlight } from '../in-flight.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const BUDGET = 1.15
const KILOBYTE = Buffer.alloc(1024, 7)
const KEYS = Array.from({ length: 1000 }, (_, index) => `reports/report-${index}.bin`)
const MANY = Array.from({ length: 10_000 }, (_, index) => `many/report-${index}.bin`)

interface Document {
  readonly _id: string
  readonly value: Binary
}

/** Values in a collection of MongoDB, beside its driver alone. */
export const mongoRows: readonly Row[] = [
  timedRow(`MongoDB, 1,000 gets of 1 KB, ${IN_FLIGHT} in flight`, BUDGET, reading),
  timedRow('MongoDB, setMany of 10,000, 1 KB', BUDGET, writingMany),
]

async function reading(scratch: Scratch): Promise<Entry[]> {
  const client = await connected(scratch)
  return [
    raw('mongodb, findOne', async () => {
      const collection = client.db('bench').collection<Document>('raw')
      await collection.bulkWrite(upserts(KEYS))
      return () => inFlight(KEYS, key => collection.findOne({ _id: key }))
    }),
    ours('blobs over mongodb', async () => {
      const store = blobs(client.db('bench').collection('ours'))
      await store.setMany(KEYS.map(key => [key, KILOBYTE]))
      return () => inFlight(KEYS, key => store.get(key))
    }),
  ]
}

async function writingMany(scratch: Scratch): Promise<Entry[]> {
  const client = await connected(scratch)
  return [
    raw('mongodb, bulkWrite', () => {
      const collection: Collection<Document> = client.db('bench').collection('raw-many')
      return () => collection.bulkWrite(upserts(MANY), { ordered: false })
    }),
    ours('blobs over mongodb', () => {
      const store = blobs(client.db('bench').collection('ours-many'))
      return () => store.setMany(MANY.map(key => [key, KILOBYTE] as const))
    }),
  ]
}

const upserts = (keys: readonly string[]) =>
  keys.map(key => ({
    replaceOne: { filter: { _id: key }, replacement: { value: new Binary(KILOBYTE) }, upsert: true },
  }))

async function connected(scratch: Scratch): Promise<MongoClient> {
  const client = new MongoClient(await scratch.server('mongo'), { maxPoolSize: IN_FLIGHT })
  scratch.defer(() => client.close())
  return await client.connect()
}
