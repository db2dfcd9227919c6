import { redis } from '@kvdol/redis'
import { createClient, RESP_TYPES } from 'redis'
import { type Entry, ours, raw } from '../entry.ts'
import { IN_FLIGHT, inFlight } from '../in-flight.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const BUDGET = 1.1
const KILOBYTE = Buffer.alloc(1024, 7)
const KEYS = Array.from({ length: 1000 }, (_, index) => `reports/report-${index}.bin`)
const MANY = Array.from({ length: 10_000 }, (_, index) => `many/report-${index}.bin`)

/** Values in Redis, beside its client alone; both give bytes. */
export const redisRows: readonly Row[] = [
  timedRow(`Redis, 1,000 gets of 1 KB, ${IN_FLIGHT} in flight`, BUDGET, reading),
  timedRow(`Redis, 1,000 sets of 1 KB, ${IN_FLIGHT} in flight`, BUDGET, writing),
  timedRow('Redis, setMany of 10,000, 1 KB', BUDGET, writingMany),
]

async function reading(scratch: Scratch): Promise<Entry[]> {
  const client = await connected(scratch)
  return [
    raw('redis, get', async () => {
      await Promise.all(KEYS.map(key => client.set(`raw:${key}`, KILOBYTE)))
      return () => inFlight(KEYS, key => client.get(`raw:${key}`))
    }),
    ours('redis() over redis', async () => {
      const store = redis({ client, prefix: 'ours:' })
      await store.setMany(KEYS.map(key => [key, KILOBYTE] as const))
      return () => inFlight(KEYS, key => store.get(key))
    }),
  ]
}

async function writing(scratch: Scratch): Promise<Entry[]> {
  const client = await connected(scratch)
  return [
    raw('redis, set', () => () => inFlight(KEYS, key => client.set(`raw:${key}`, KILOBYTE))),
    ours('redis() over redis', () => {
      const store = redis({ client, prefix: 'ours:' })
      return () => inFlight(KEYS, key => store.set(key, KILOBYTE))
    }),
  ]
}

async function writingMany(scratch: Scratch): Promise<Entry[]> {
  const client = await connected(scratch)
  return [
    raw(
      'redis, set, pipelined',
      () => () => Promise.all(MANY.map(key => client.set(`raw:${key}`, KILOBYTE))),
    ),
    ours('redis() over redis', () => {
      const store = redis({ client, prefix: 'ours:' })
      return () => store.setMany(MANY.map(key => [key, KILOBYTE] as const))
    }),
  ]
}

async function connected(scratch: Scratch) {
  const client = createClient({ url: await scratch.server('redis') })
  client.on('error', () => {})
  await client.connect()
  scratch.defer(() => client.destroy())
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
}
