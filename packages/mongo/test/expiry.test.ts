import {
  batch,
  children,
  getWithStat,
  jsonValues,
  mapKeys,
  pipe,
  prefix,
  readStream,
  remove,
  rename,
  type Store,
  toArray,
  writeStream,
} from '@kvdol/core'
import { expiring, sweep } from '@kvdol/core/layers'
import { withService } from '@kvdol/services'
import { bytes, collect, joined, rejection, text } from '@kvdol/test-support'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { blobs, collectOrphans } from '../src/index.ts'
import { openServer } from './support/server.ts'

const HOUR = 3_600_000

const { now } = Date
let ahead = 0

/** Moves the clock of this process, by which the store goes; the server, which removes by its own, stays behind. */
function pass(milliseconds: number): void {
  ahead += milliseconds
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead)
}

afterEach(() => {
  ahead = 0
  vi.restoreAllMocks()
})

await withService('mongo', url => {
  const server = openServer(url)

  function opened() {
    const collection = server.collection<{ _id: string; expires?: Date; value?: unknown }>()
    const place = blobs(collection, { expires: true, allowClear: true })
    return { collection, place, store: pipe(place, expiring({ ttl: HOUR, now: () => Date.now() })) }
  }

  /** Everything that a store tells about a key, by the way of asking. */
  async function told(store: Store<string, Uint8Array>, key: string): Promise<Record<string, unknown>> {
    return {
      get: text((await store.get(key)) ?? bytes('absent')),
      has: await store.has(key),
      stat: (await store.stat(key))?.size,
      getWithStat: (await getWithStat(store, key))?.stat.size,
      getMany: (await collect(store.getMany([key]))).map(([, value]) => value?.byteLength),
      keys: await collect(store.keys({ prefix: key })),
      backwards: await collect(store.keys({ reverse: true })),
      entries: (await collect(store.entries({ prefix: key }))).map(([each]) => each),
      size: await store.size(),
      children: await toArray(children(store)),
      stream: text(await joined((await readStream(store, key)) ?? [])),
    }
  }

  const ABSENT = {
    get: 'absent',
    has: false,
    stat: undefined,
    getWithStat: undefined,
    getMany: [undefined],
    keys: [],
    backwards: [],
    entries: [],
    size: 0,
    children: [],
    stream: '',
  }

  describe('a value whose time is over', () => {
    it('is absent on every path although its document is there, and present until then', async () => {
      const { collection, store } = opened()
      await store.set('a', bytes('one'))
      expect(await told(store, 'a')).toEqual({
        get: 'one',
        has: true,
        stat: 3,
        getWithStat: 3,
        getMany: [3],
        keys: ['a'],
        backwards: ['a'],
        entries: ['a'],
        size: 1,
        children: [{ key: 'a' }],
        stream: 'one',
      })
      pass(HOUR)
      expect(await told(store, 'a')).toEqual(ABSENT)
      expect(await collection.countDocuments({ _id: 'a' })).toBe(1)
      expect(await remove(store, 'a')).toBe(false)
      expect(await collection.countDocuments({ _id: 'a' })).toBe(0)
      expect(await rejection(rename(store, 'a', 'b'))).toMatchObject({ code: 'NotFound', key: 'a' })
    })

    it('is absent for conditions, and another may take its place', async () => {
      const { store } = opened()
      await store.set('a', bytes('old'))
      const tag = (await store.stat('a'))?.etag ?? ''
      expect(await rejection(store.set('a', bytes('x'), { ifAbsent: true }))).toMatchObject({
        code: 'Conflict',
      })
      pass(HOUR)
      expect(await rejection(store.set('a', bytes('x'), { ifMatch: tag }))).toMatchObject({
        code: 'Conflict',
      })
      expect(await rejection(store.delete('a', { ifMatch: tag }))).toMatchObject({ code: 'Conflict' })
      const tries = Array.from({ length: 20 }, (_, n) =>
        store.set('a', bytes(`${n}`), { ifAbsent: true }).then(
          () => `${n}`,
          ({ code }) => code as string,
        ),
      )
      const outcomes = await Promise.all(tries)
      expect(outcomes.filter(each => each === 'Conflict')).toHaveLength(19)
      expect(outcomes).toContain(text((await store.get('a')) as Uint8Array))
    })

    it('has its bytes removed with it, also where they are in GridFS', async () => {
      const { collection, store } = opened()
      const large = new Uint8Array(2 * 1024 * 1024).fill(7)
      const files = server.db.collection(`${collection.collectionName}.files`)
      await writeStream(store, 'a', [large])
      await writeStream(store, 'b', [large])
      expect(await files.countDocuments()).toBe(2)
      pass(HOUR)
      expect(await readStream(store, 'a')).toBeUndefined()
      await store.set('a', bytes('small'), { ifAbsent: true })
      expect(await files.countDocuments()).toBe(1)
      // The server removes the document alone.
      await collection.deleteOne({ _id: 'b' })
      expect(await collectOrphans(store, { olderThan: 0 })).toBe(1)
    })
  })

  describe('the end of a value', () => {
    it('is a date that the server goes by, and is gone with a write without one', async () => {
      const { collection, place, store } = opened()
      const ends = async () => (await collection.findOne({ _id: 'a' }))?.expires?.getTime()
      const before = Date.now()
      await store.set('a', bytes('a'), { ttl: HOUR })
      expect(await ends()).toBeGreaterThanOrEqual(before + HOUR)
      expect((await store.stat('a'))?.expiresAt).toBe(await ends())
      expect((await getWithStat(store, 'a'))?.stat.expiresAt).toBe(await ends())
      expect(await collection.indexes()).toContainEqual(
        expect.objectContaining({ key: { expires: 1 }, expireAfterSeconds: 0 }),
      )
      await store.set('a', bytes('a'), { ttl: Number.POSITIVE_INFINITY })
      expect(await ends()).toBeUndefined()
      await store.set('a', bytes('a'), { ttl: 1e300 })
      expect(await ends()).toBeUndefined()
      await store.setMany([['a', bytes('a')]])
      expect(await ends()).toBeGreaterThanOrEqual(before + HOUR)
      await place.setMany([['a', bytes('a')]])
      expect(await ends()).toBeUndefined()
      await batch(store, [{ set: 'a', value: bytes('b') }])
      expect(await ends()).toBeGreaterThanOrEqual(before + HOUR)
      await place.set('a', bytes('a'))
      expect((await store.stat('a'))?.expiresAt).toBeUndefined()
      expect(await sweep(store)).toBe(0)
    })

    it.each([
      ['in a document', 10],
      ['in GridFS', 2 * 1024 * 1024],
    ])('is kept by a rename, of a value %s and through codecs', async (_, size) => {
      const { place, store } = opened()
      const view = pipe(store, mapKeys(prefix('p/')))
      await writeStream(store, 'p/a', [new Uint8Array(size)], {})
      const end = (await place.stat('p/a'))?.expiresAt
      expect(end).toBeGreaterThan(0)
      await rename(view, 'a', 'b')
      expect((await place.stat('p/b'))?.expiresAt).toBe(end)
      await rename(place, 'p/b', 'c', { ifAbsent: true })
      expect((await place.stat('c'))?.expiresAt).toBe(end)
      pass(HOUR)
      expect(await collect(store.keys())).toEqual([])
      expect(await rejection(rename(store, 'c', 'd'))).toMatchObject({ code: 'NotFound' })
    })

    it('is given to the store itself, and refused where it is no time', async () => {
      const { place } = opened()
      const ends = (expiresAt: unknown) => ({ expiresAt }) as object
      for (const bad of [Number.NaN, '5', null, new Date()]) {
        const error = await rejection(place.set('k', bytes('x'), ends(bad)))
        expect(error).toMatchObject({ code: 'InvalidArgument', key: 'k' })
        expect(await rejection(writeStream(place, 'k', [bytes('x')], ends(bad)))).toMatchObject({
          code: 'InvalidArgument',
        })
      }
      expect(await place.size()).toBe(0)
      await place.set('k', bytes('x'), ends(-1e300))
      expect(await place.has('k')).toBe(false)
    })

    it('stands under the codecs of a store', async () => {
      const { place } = opened()
      const sessions = pipe(
        place,
        jsonValues<{ name: string }>(),
        expiring({ ttl: HOUR, now: () => Date.now() }),
      )
      await sessions.set('ann', { name: 'Ann' }, { ttl: 2 * HOUR })
      pass(HOUR)
      expect(await sessions.get('ann')).toEqual({ name: 'Ann' })
      pass(HOUR)
      expect(await sessions.get('ann')).toBeUndefined()
    })
  })

  describe('a collection whose values may end', () => {
    it('is refused by a store that would give what is over, before it reads or writes', async () => {
      const { collection, store } = opened()
      await store.set('a', bytes('one'))
      const other = blobs(collection)
      for (const call of [
        () => other.get('a'),
        () => other.set('a', bytes('x')),
        () => collect(other.keys()),
      ])
        expect(await rejection(call())).toMatchObject({
          code: 'Incompatible',
          message: expect.stringContaining('expires: true'),
        })
      expect(text((await store.get('a')) as Uint8Array)).toBe('one')
    })

    it('may have been one without, whose values have no end', async () => {
      const collection = server.collection()
      await blobs(collection).set('a', bytes('endless'))
      const store = pipe(blobs(collection, { expires: true }), expiring({ ttl: HOUR }))
      await store.set('b', bytes('b'))
      pass(HOUR)
      expect(await collect(store.keys())).toEqual(['a'])
      expect(text((await store.get('a')) as Uint8Array)).toBe('endless')
    })

    it('is not needed: elsewhere the end stands before the value', async () => {
      const place = blobs(server.collection())
      const store = pipe(place, expiring({ ttl: HOUR }))
      await store.set('a', bytes('one'))
      expect((await place.get('a'))?.byteLength).toBe(8 + 3)
      expect(await rejection(place.set('a', bytes('x'), { expiresAt: 1 } as object))).toMatchObject({
        code: 'Unsupported',
      })
    })
  })
})
