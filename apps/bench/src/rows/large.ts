import { join } from 'node:path'
import { bucket, definePreset, presets } from '@kvdol/s3'
import { blobs, sqlite } from '@kvdol/sql'
import { type Contestants, duel } from '../duel.ts'
import { inFlight } from '../in-flight.ts'
import { newBucket, s3Client } from '../peers/s3-client.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'

/** Parts of an upload are held until they have arrived. */
const FLAT_UPLOAD = 96 * 1024 ** 2
const BATCH = 10_000

/** Work that must not be held in memory, each time in a process of its own, whose memory is then its own too. */
export const largeRows: readonly Row[] = [
  {
    name: 'list 100,000 files',
    large: true,
    measure: (scratch, { rounds }) =>
      duel('list 100,000 files', scratch.tree(100_000, 1000), rounds, {
        raw: ['raw-list', 'readdir, recursive, with types'],
        ours: ['our-list', 'files'],
      }),
  },
  {
    name: 'stream 1 GiB',
    large: true,
    measure: async (scratch, { rounds }) => {
      const folder = scratch.folder('film')
      const written = await duel('write 1 GiB by stream', folder, rounds, {
        raw: ['raw-write', 'createWriteStream, not atomic'],
        ours: ['our-write', 'files'],
      })
      const read = await duel('read 1 GiB by stream', folder, rounds, {
        raw: ['raw-read', 'createReadStream'],
        ours: ['our-read', 'files'],
      })
      return [...written, ...read]
    },
  },
  {
    name: 'list 1,000,000 keys of SQLite',
    large: true,
    measure: async (scratch, { rounds }) =>
      duel('list 1,000,000 keys of SQLite', await filledTable(scratch, 1_000_000), rounds, {
        raw: ['raw-list-table', 'better-sqlite3, iterate'],
        ours: ['our-list-table', 'blobs over sqlite'],
      }),
  },
  {
    name: 'list 100,000 keys of a bucket',
    large: true,
    measure: async (scratch, { rounds }) =>
      duel('list 100,000 keys of a bucket', await filledBucket(scratch, 100_000), rounds, {
        raw: ['raw-list-bucket', 'the SDK'],
        ours: ['our-list-bucket', 'bucket'],
      }),
  },
  {
    name: 'stream 1 GiB to and from a bucket',
    large: true,
    measure: async (scratch, { rounds }) => {
      const address = await filledBucket(scratch, 0)
      const uploads: Contestants = {
        raw: ['raw-upload', 'Upload of the SDK'],
        ours: ['our-upload', 'bucket'],
      }
      const sent = await duel('write 1 GiB to a bucket by stream', address, rounds, uploads, FLAT_UPLOAD)
      const got = await duel('read 1 GiB from a bucket by stream', address, rounds, {
        raw: ['raw-download', 'the SDK'],
        ours: ['our-download', 'bucket'],
      })
      return [...sent, ...got]
    },
  },
]

/** An SQLite file with a table of so many short values; gives its path. */
async function filledTable(scratch: Scratch, keys: number): Promise<string> {
  const file = join(scratch.folder('table'), 'file.db')
  await using database = sqlite(file, { sync: 'normal' })
  const store = blobs(database)
  const value = new Uint8Array(100)
  for (let start = 0; start < keys; start += BATCH)
    await store.setMany(
      Array.from({ length: BATCH }, (_, index) => [`reports/report-${start + index}.bin`, value]),
    )
  return file
}

/** A new bucket with so many short values; gives its address, with credentials. */
async function filledBucket(scratch: Scratch, keys: number): Promise<string> {
  const url = await scratch.server('minio')
  const client = s3Client(url)
  scratch.defer(() => client.destroy())
  const name = await newBucket(client)
  const store = bucket(name, { client, preset: definePreset({ ...presets.minio, nesting: 'keeps' }) })
  const names = Array.from({ length: keys }, (_, index) => `reports/${index % 100}/report-${index}.bin`)
  await inFlight(names, key => store.set(key, new Uint8Array(1)))
  return `${url}/${name}`
}
