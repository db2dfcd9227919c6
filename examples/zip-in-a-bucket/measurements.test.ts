import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { memory, pipe, type Reader, readStream, type Store, textValues, writeStream } from '@kvdol/core'
import { layer } from '@kvdol/core/layers'
import { bucket } from '@kvdol/s3'
import { withService } from '@kvdol/services'
import { sqlite } from '@kvdol/sql'
import { zipOf } from '@kvdol/zip'
import { expect, it, onTestFinished } from 'vitest'
import { importArchive, measurementTable } from './measurements.ts'

const DAYS = 60
const LITTER = 48 * 1024 * 1024

await withService('minio', url => {
  it('reads the measurements of an archive in a bucket, and nothing else of it', async () => {
    const media = await newBucket(url)
    await writeStream(media, 'stations.zip', zipOf(await archiveContent(), { level: 1 }))
    const size = (await media.stat('stations.zip'))?.size ?? 0
    expect(size).toBeGreaterThan(LITTER)
    const { store, bytesRead } = counting(media)
    await using database = sqlite(join(temporaryFolder(), 'measurements.db'))

    globalThis.gc?.()
    const before = process.memoryUsage().rss
    expect(await importArchive(store, 'stations.zip', database)).toBe(2 * DAYS * 24)

    const table = measurementTable(database)
    expect(await table.size()).toBe(2 * DAYS * 24)
    expect(await table.get(['lima', '2025-01-02', 7])).toEqual({ temperature: 27.5 })
    expect(await table.get(['oslo', '2025-01-02', 7])).toEqual({ temperature: 7.5 })
    expect(bytesRead()).toBeLessThan(1024 * 1024)
    expect(process.memoryUsage().rss - before).toBeLessThan(LITTER)
  })
})

/** CSV files of two stations, a photo that is larger than everything else, and litter. */
async function archiveContent(): Promise<Reader<string, Uint8Array>> {
  const content = memory()
  const texts = pipe(content, textValues())
  for (const [station, base] of [
    ['lima', 20],
    ['oslo', 0],
  ] as const)
    for (let day = 0; day < DAYS; day++) {
      const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10)
      const lines = Array.from({ length: 24 }, (_, hour) => `${hour},${base + hour + 0.5}`)
      await texts.set(`${station}/${date}.csv`, `hour,temperature\r\n${lines.join('\r\n')}\r\n`)
    }
  await content.set('photo.jpg', randomBytes(LITTER))
  await texts.set('lima/notes.txt', 'the sensor was moved')
  await texts.set('old/notes.csv/readme.md', 'no data')
  return content
}

async function newBucket(url: string) {
  const { username, password, origin } = new URL(url)
  const client = new S3Client({
    endpoint: origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: username, secretAccessKey: password },
  })
  onTestFinished(() => client.destroy())
  const name = `example-${randomBytes(4).toString('hex')}`
  await client.send(new CreateBucketCommand({ Bucket: name }))
  return bucket(name, { client, preset: 'minio' })
}

/** The store, and how many bytes of values have been read from it. */
function counting(below: Store<string, Uint8Array>) {
  let count = 0
  async function* counted(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      count += chunk.byteLength
      yield chunk
    }
  }
  const store = layer(below, 'counting', {
    has: 'below',
    stat: 'below',
    async get(key, options) {
      const value = await below.get(key, options)
      count += value?.byteLength ?? 0
      return value
    },
    async readStream(key, range, options) {
      const chunks = await readStream(below, key, { ...range, ...options })
      return chunks && counted(chunks)
    },
  })
  return { store, bytesRead: () => count }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvdol-example-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
