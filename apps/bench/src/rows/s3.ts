import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { bucket } from '@kvdol/s3'
import { type Entry, ours, raw } from '../entry.ts'
import { IN_FLIGHT, inFlight } from '../in-flight.ts'
import { newBucket, s3Client } from '../peers/s3-client.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'
import { timedRow } from '../timed-row.ts'

const BUDGET = 1.1
const KILOBYTE = Buffer.alloc(1024, 7)
const KEYS = Array.from({ length: 1000 }, (_, index) => `reports/report-${index}.bin`)

/** Objects of an S3 server (MinIO), beside the SDK alone. */
export const s3Rows: readonly Row[] = [
  timedRow(`S3, 1,000 gets of 1 KB, ${IN_FLIGHT} in flight`, BUDGET, reading),
  timedRow('S3, list 1,000 keys', BUDGET, listing),
]

async function reading(scratch: Scratch): Promise<Entry[]> {
  const place = await filled(scratch)
  return [
    raw('the SDK', () => () => inFlight(KEYS, key => getObject(place, key))),
    ours('bucket', () => {
      const store = open(place)
      return () => inFlight(KEYS, key => store.get(key))
    }),
  ]
}

async function listing(scratch: Scratch): Promise<Entry[]> {
  const place = await filled(scratch)
  return [
    raw('the SDK', () => () => listObjects(place)),
    ours('bucket', () => {
      const store = open(place)
      return async () => {
        let found = 0
        for await (const _ of store.keys()) found++
        return found
      }
    }),
  ]
}

interface Place {
  readonly client: S3Client
  readonly name: string
}

const open = ({ client, name }: Place) => bucket(name, { client, preset: 'minio' })

async function getObject({ client, name }: Place, key: string): Promise<Uint8Array | undefined> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }))
  return await Body?.transformToByteArray()
}

async function listObjects({ client, name }: Place): Promise<number> {
  let found = 0
  let token: string | undefined
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: name, ...(token !== undefined && { ContinuationToken: token }) }),
    )
    found += page.Contents?.length ?? 0
    token = page.NextContinuationToken
  } while (token !== undefined)
  return found
}

/** A bucket that holds all keys. */
async function filled(scratch: Scratch): Promise<Place> {
  const client = s3Client(await scratch.server('minio'))
  scratch.defer(() => client.destroy())
  const place = { client, name: await newBucket(client) }
  const store = open(place)
  await inFlight(KEYS, key => store.set(key, KILOBYTE))
  return place
}
