import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { readRange, readStream, writeStream } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { collect, rejection } from '@kvdol/test-support'
import { GridFSBucket, ObjectId } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { blobs, collectOrphans } from '../src/index.ts'
import { openServer } from './support/server.ts'

const CHUNK = 255 * 1024
const MIB = 1024 * 1024

await withService('mongo', url => {
  const server = openServer(url)

  function place() {
    const collection = server.collection<{ _id: string }>()
    const { db, collectionName: name } = collection
    const [files, chunks] = [db.collection(`${name}.files`), db.collection(`${name}.chunks`)]
    const kept = async () => [await files.countDocuments(), (await chunks.distinct('files_id')).length]
    return { collection, files, chunks, kept, store: blobs(collection) }
  }

  /** Bytes of which no two places look the same. */
  function* chunksOf(length: number, seed = 0, size = 64 * 1024): Generator<Uint8Array, void, undefined> {
    for (let at = 0; at < length; at += size) {
      const chunk = new Uint8Array(Math.min(size, length - at))
      for (let index = 0; index < chunk.length; index += 4)
        chunk[index] = (((at + index) >> 2) * 2654435761 + seed) >>> 24
      yield chunk
    }
  }

  const joined = (length: number, seed = 0) => Buffer.concat([...chunksOf(length, seed)])
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

  describe('long streams', () => {
    it('come back whole and in ranges, whatever their length', async () => {
      const { store } = place()
      for (const length of [MIB - 1, MIB, MIB + 1, 4 * CHUNK, 16 * CHUNK, 16 * CHUNK + 1, 33 * CHUNK - 5]) {
        await writeStream(store, 'k', chunksOf(length), { size: length })
        const whole = joined(length)
        expect(digest((await store.get('k')) as Uint8Array)).toBe(digest(whole))
        expect((await store.stat('k'))?.size).toBe(length)
        for (const [start, end] of [
          [0, 1],
          [CHUNK - 1, CHUNK + 1],
          [length - 1, length],
          [3 * CHUNK, 4 * CHUNK],
          [5, length - 5],
          [7, 7],
        ] as const)
          expect(digest((await readRange(store, 'k', { start, end })) as Uint8Array)).toBe(
            digest(whole.subarray(start, end)),
          )
        expect(await readRange(store, 'k', { suffix: 3 })).toEqual(new Uint8Array(whole.subarray(-3)))
      }
    })

    it('are GridFS files that any tool can read, and leave nothing when they are replaced or deleted', async () => {
      const { store, collection, kept, files } = place()
      await writeStream(store, 'a', chunksOf(2 * MIB))
      await writeStream(store, 'b', chunksOf(3 * MIB))
      expect(await kept()).toEqual([2, 2])
      const file = await files.findOne({ filename: 'b' })
      const bucket = new GridFSBucket(server.db, { bucketName: collection.collectionName })
      const read = await bucket.openDownloadStream(file?._id as ObjectId).toArray()
      expect(digest(Buffer.concat(read))).toBe(digest(joined(3 * MIB)))
      await writeStream(store, 'a', chunksOf(2 * MIB, 1))
      expect(await kept()).toEqual([2, 2])
      await store.set('a', new Uint8Array(1))
      expect(await kept()).toEqual([1, 1])
      await store.setMany([['b', new Uint8Array(1)]])
      expect(await kept()).toEqual([0, 0])
      for (const key of ['a', 'b', 'c']) await writeStream(store, key, chunksOf(2 * MIB))
      await store.delete('a')
      expect(await kept()).toEqual([2, 2])
      await store.deleteMany(['b', 'c', 'd'])
      expect(await kept()).toEqual([0, 0])
    })

    it('are not there before their end, and leave nothing when they fail', async () => {
      const { store, kept } = place()
      await store.set('k', new Uint8Array([1]))
      async function* failed() {
        yield* chunksOf(6 * MIB)
        expect(await store.get('k')).toEqual(new Uint8Array([1]))
        throw new Error('the source has failed')
      }
      expect(await rejection(writeStream(store, 'k', failed()))).toMatchObject({ code: 'Aborted' })
      expect(await rejection(writeStream(store, 'k', chunksOf(6 * MIB), { size: 7 * MIB }))).toMatchObject({
        code: 'InvalidValue',
      })
      const etag = (await store.stat('k'))?.etag as string
      for (const options of [{ ifAbsent: true }, { ifMatch: `${etag}x` }])
        expect(await rejection(writeStream(store, 'k', chunksOf(2 * MIB), options))).toMatchObject({
          code: 'Conflict',
        })
      expect(await store.get('k')).toEqual(new Uint8Array([1]))
      expect(await kept()).toEqual([0, 0])
      await writeStream(store, 'k', chunksOf(2 * MIB), { ifMatch: etag })
      expect((await store.stat('k'))?.size).toBe(2 * MIB)
    })

    it('may come in one buffer that is used again', async () => {
      const { store } = place()
      for (const count of [3, 5]) {
        const buffer = new Uint8Array(MIB / 4)
        async function* reused() {
          for (let byte = 1; byte <= count; byte++) yield buffer.fill(byte)
        }
        await writeStream(store, 'k', reused())
        const value = (await store.get('k')) as Uint8Array
        expect(Array.from({ length: count }, (_, part) => value[(part * MIB) / 4])).toEqual(
          Array.from({ length: count }, (_, part) => part + 1),
        )
      }
    })

    it('stop when they are aborted', async () => {
      const { store, kept } = place()
      const controller = new AbortController()
      async function* endless() {
        for (;;) {
          yield* chunksOf(4 * MIB)
          controller.abort()
        }
      }
      const error = await rejection(writeStream(store, 'k', endless(), { signal: controller.signal }))
      expect(error).toMatchObject({ code: 'Aborted' })
      // The call has been let go at once; what was put there is removed after that.
      await expect.poll(kept).toEqual([0, 0])
      expect(await store.has('k')).toBe(false)
    })

    it('are one value to every reader while they are replaced', async () => {
      const { store } = place()
      const length = 5 * MIB
      const digests = new Set([0, 1, 2, 3].map(seed => digest(joined(length, seed))))
      await writeStream(store, 'k', chunksOf(length, 0))
      let writing = true
      let whole = 0
      const writer = (async () => {
        // Longer and longer pauses, until one reader gets through.
        for (let round = 0; round < 12 || (whole === 0 && round < 100); round++) {
          await writeStream(store, 'k', chunksOf(length, round % 4))
          if (round >= 12) await sleep(round * 10)
        }
        writing = false
      })()
      while (writing) {
        expect(digests).toContain(digest((await store.get('k')) as Uint8Array))
        const stream = await readStream(store, 'k')
        const read = await collect(stream as ReadableStream<Uint8Array>).then(
          chunks => digest(Buffer.concat(chunks)),
          error => error,
        )
        if (read instanceof Error) expect(read).toMatchObject({ code: 'Unavailable', retryable: true })
        else expect(digests).toContain(read)
        whole += Number(!(read instanceof Error))
      }
      await writer
      expect(whole).toBeGreaterThan(0)
      expect(await collect((await readStream(store, 'k')) as ReadableStream<Uint8Array>)).toHaveLength(21)
    })

    it('need little memory, both ways', async () => {
      const { store } = place()
      const length = 128 * MIB
      const start = process.memoryUsage().rss
      let most = 0
      const watched = function* () {
        for (const chunk of chunksOf(length, 0, MIB)) {
          most = Math.max(most, process.memoryUsage().rss - start)
          yield chunk
        }
      }
      await writeStream(store, 'k', watched())
      let read = 0
      for await (const chunk of (await readStream(store, 'k')) as ReadableStream<Uint8Array>) {
        read += chunk.byteLength
        most = Math.max(most, process.memoryUsage().rss - start)
      }
      expect(read).toBe(length)
      expect(most).toBeLessThan(96 * MIB)
    })
  })

  describe('damage', () => {
    it('is never a shorter value', async () => {
      const { store, chunks } = place()
      const damages: (() => Promise<unknown>)[] = [
        () => chunks.deleteOne({ n: 3 }),
        () => chunks.deleteOne({ n: 12 }),
        () => chunks.updateOne({ n: 3 }, { $set: { data: Buffer.alloc(5) } }),
        () => chunks.updateOne({ n: 3 }, { $set: { data: 'text' } }),
        () => chunks.deleteMany({}),
      ]
      for (const damage of damages) {
        await writeStream(store, 'k', chunksOf(3 * MIB))
        await damage()
        expect(await rejection(store.get('k'))).toMatchObject({ code: 'Corrupt' })
        expect(await rejection(collect((await readStream(store, 'k')) as never))).toMatchObject({
          code: 'Corrupt',
        })
        await store.delete('k')
      }
    })
  })

  describe('what a process leaves that ends', () => {
    it('is collected when it is old, and nothing else', async () => {
      const { store, collection, files, chunks, kept } = place()
      await writeStream(store, 'k', chunksOf(2 * MIB))
      const seconds = Math.floor(Date.now() / 1000) - 100_000
      const [old, older] = [ObjectId.createFromTime(seconds), ObjectId.createFromTime(seconds - 1)]
      const long = new Date(Date.now() - 100_000_000)
      // Whole, but the document points elsewhere; not whole; and both again, but young.
      const [replaced, cut, young, growing] = [1, 2, 3, 4].map(() => new ObjectId())
      await files.insertMany([
        { _id: replaced as ObjectId, filename: 'k', length: 1, chunkSize: CHUNK, uploadDate: long },
        { _id: young as ObjectId, filename: 'k', length: 1, chunkSize: CHUNK, uploadDate: new Date() },
      ])
      await chunks.insertMany([
        { files_id: replaced, n: 0, data: Buffer.alloc(1) },
        { files_id: young, n: 0, data: Buffer.alloc(1) },
        { _id: old, files_id: cut, n: 0, data: Buffer.alloc(1) },
        { files_id: growing, n: 1, data: Buffer.alloc(1) },
        { _id: older, files_id: growing, n: 0, data: Buffer.alloc(1) },
      ])
      // The value in use is old as well.
      await files.updateOne({ filename: 'k', length: 2 * MIB }, { $set: { uploadDate: long } })
      expect(await collectOrphans(store)).toBe(2)
      expect(await collectOrphans(store)).toBe(0)
      expect(await kept()).toEqual([2, 3])
      expect((await store.get('k'))?.byteLength).toBe(2 * MIB)
      expect(await collection.countDocuments()).toBe(2)
      expect(await rejection(collectOrphans(store, { olderThan: -1 }))).toMatchObject({
        code: 'InvalidArgument',
      })
    })
  })
})
