import { withService } from '@kvdol/services'
import { bytes, collect, rejection } from '@kvdol/test-support'
import { type Document, ObjectId } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { blobs, documents, type MongoCollection } from '../src/index.ts'
import { openServer } from './support/server.ts'
import { spied } from './support/spy.ts'

/** Things that are no keys, and would be more than a value in a filter. */
const OPERATORS: unknown[] = [
  { $ne: null },
  { $gt: '' },
  { $where: 'true' },
  { _bsontype: 'ObjectId', id: 'x' },
  { toString: () => 'k' },
  {},
  /.*/,
  ['k'],
  [],
  null,
  undefined,
  Symbol('k'),
  () => 'k',
  new String('k'),
  new Map([['k', 1]]),
  new Date(Number.NaN),
  'half \ud800',
]

await withService('mongo', url => {
  const server = openServer(url)

  describe('keys that are operators, patterns, lists or nothing', () => {
    it.each(['blobs', 'documents'])('are refused by %s before the driver', async kind => {
      const { through, calls } = spied(server.collection() as never)
      const store = kind === 'blobs' ? blobs(through) : documents(through)
      const value = kind === 'blobs' ? bytes('x') : { a: 1 }
      await store.set('k', value as never)
      calls.length = 0
      for (const key of OPERATORS as never[])
        for (const call of [
          () => store.get(key),
          () => store.has(key),
          () => store.stat(key),
          () => store.set(key, value as never),
          () => store.set(key, value as never, { ifAbsent: true }),
          () => store.delete(key),
          () => store.setMany([[key, value as never]]),
          () => store.deleteMany([key]),
          () => collect(store.getMany([key]) as AsyncIterable<unknown>),
        ])
          expect(await rejection(call())).toMatchObject({ code: 'InvalidKey' })
      expect(calls).toEqual([])
      expect(await store.has('k')).toBe(true)
    })

    it('are refused also as parts of keys', async () => {
      const { through, calls } = spied(server.collection() as never)
      const tuples = documents(through, { key: ['_id', 'name'] })
      const records = documents(through, { key: { record: ['_id', 'name'] } })
      for (const part of OPERATORS) {
        expect(await rejection(tuples.delete(['k', part]))).toMatchObject({ code: 'InvalidKey' })
        expect(await rejection(records.delete({ _id: 'k', name: part }))).toMatchObject({
          code: 'InvalidKey',
        })
      }
      for (const key of [[], ['k'], ['k', 'a', 'b'], {}, { 0: 'k', 1: 'a', length: 2 }, 'k', null])
        expect(await rejection(tuples.delete(key as never))).toMatchObject({ code: 'InvalidKey' })
      for (const key of [{}, { _id: 'k' }, { _id: 'k', name: 'a', $where: '1' }, [], 'k'])
        expect(await rejection(records.delete(key as never))).toMatchObject({ code: 'InvalidKey' })
      expect(calls).toEqual([])
    })
  })

  describe('filters', () => {
    it('name the key in every call, and hold no pattern', async () => {
      const { through, calls } = spied(server.collection() as never)
      const store = blobs(through)
      const records = documents(spiedInto(calls, server.collection()))
      for (const [target, value] of [
        [store, bytes('x')],
        [records, { a: 1 }],
      ] as const) {
        const any = target as typeof store
        await any.set('k.*', value as never)
        const etag = (await any.stat('k.*'))?.etag as string
        await any.set('k.*', value as never, { ifMatch: etag })
        await any.get('k.*')
        await any.has('k.*')
        await any.setMany([['k.*', value as never]])
        await collect(any.getMany(['k.*']))
        await collect(any.keys({ prefix: 'k.*' }))
        await collect(any.entries({ prefix: 'k.*' }))
        await any.delete('k.*')
        await any.deleteMany(['k.*'])
        await any.size()
      }
      const filters = calls.flatMap(({ method, args }) =>
        method === 'bulkWrite'
          ? (args[0] as { replaceOne: { filter: unknown } }[]).map(({ replaceOne }) => replaceOne.filter)
          : method === 'insertOne' || method === 'aggregate'
            ? []
            : [args[0]],
      )
      expect(filters.length).toBeGreaterThan(20)
      // The one look at a collection without a marker asks for any document.
      const open = filters.filter(filter => !JSON.stringify(filter).includes('"_id"'))
      expect(open).toEqual([{}])
      expect(JSON.stringify(filters)).not.toMatch(/\$regex|\$where/)
    })
  })

  describe('a collection that is not the store’s', () => {
    it('is refused when it takes different keys for the same', async () => {
      const collated = (collation: Document): MongoCollection => {
        const collection = server.collection()
        const { db } = collection
        const listing = { toArray: async () => [{ name: 'c', type: 'collection', options: { collation } }] }
        return withMember(
          collection,
          'db',
          withMember(db, 'listCollections', () => listing),
        )
      }
      for (const collection of [collated({ locale: 'en', strength: 2 }), collated({ locale: 'de' })]) {
        const [store, records] = [blobs(collection), documents(collection)]
        for (const call of [
          () => store.get('k'),
          () => store.set('k', bytes('x')),
          () => records.get('k'),
          () => records.set('k', { a: 1 }),
        ])
          expect(await rejection(call())).toMatchObject({ code: 'Incompatible' })
      }
      const simple = blobs(collated({ locale: 'simple' }))
      await simple.set('k', bytes('x'))
      expect(await simple.get('K')).toBe(undefined)
    })

    it('is refused when the server keeps its collation', async ctx => {
      const name = `collated-${new ObjectId()}`
      await server.db.createCollection(name, { collation: { locale: 'en', strength: 2 } })
      const [info] = await server.db.listCollections({ name }).toArray()
      if (info === undefined || !('options' in info) || info.options?.collation === undefined)
        ctx.skip('this server ignores collations; give a MongoDB in KVDOL_TEST_MONGO_URL')
      const error = await rejection(blobs(server.db.collection(name)).get('k'))
      expect(error).toMatchObject({ code: 'Incompatible' })
    })

    it('is refused when it holds other documents, or another format', async () => {
      const collection = server.collection<{ _id: string }>()
      await collection.insertOne({ _id: 'a' })
      for (const call of [
        () => blobs(collection).get('a'),
        () => blobs(collection).set('b', bytes('x')),
        () => collect(blobs(collection).keys()),
        () => blobs(collection).deleteMany(['a']),
      ])
        expect(await rejection(call())).toMatchObject({ code: 'Incompatible' })
      expect(await collection.find().toArray()).toEqual([{ _id: 'a' }])
      const other = server.collection<{ _id: unknown }>()
      await other.insertOne({ _id: { kvdol: 'format' }, kind: 'blobs', version: 2 } as never)
      expect(await rejection(blobs(other).get('a'))).toMatchObject({ code: 'Incompatible' })
      expect(await rejection(blobs(server.collection(), { mustExist: true }).get('a'))).toMatchObject({
        code: 'NotFound',
      })
    })

    it('shows other documents to a hook, and they are no keys', async () => {
      const foreign: unknown[] = []
      const collection = server.collection<{ _id: unknown }>()
      const store = blobs(collection, { onForeign: ({ id }) => foreign.push(id) })
      await store.set('a', bytes('x'))
      await collection.insertMany([{ _id: 5 }, { _id: { a: 1 } }])
      expect(await collect(store.keys())).toEqual(['a'])
      expect(await store.size()).toBe(1)
      expect(foreign).toEqual([5, { a: 1 }])
      const records = documents(collection as never, { onForeign: ({ id }) => foreign.push(id) })
      foreign.length = 0
      expect(await collect(records.keys())).toEqual([5, 'a'])
      expect(foreign).toEqual([{ a: 1 }, { kvdol: 'format' }])
    })

    it('has a damaged document, which is no absent key', async () => {
      const collection = server.collection<{ _id: string }>()
      const store = blobs(collection)
      await store.set('a', bytes('abc'))
      for (const change of [
        { $set: { size: 2 } },
        { $set: { value: 'text' } },
        { $unset: { version: '' } },
      ]) {
        await store.set('a', bytes('abc'))
        await collection.updateOne({ _id: 'a' }, change as never)
        for (const call of [
          () => store.get('a'),
          () => collect(store.entries()),
          () => collect(store.getMany(['a'])),
        ])
          expect(await rejection(call())).toMatchObject({ code: 'Corrupt' })
      }
    })
  })
})

function spiedInto(calls: unknown[], collection: unknown): MongoCollection {
  const { through, calls: own } = spied(collection as never)
  own.push = (...items) => calls.push(...items)
  return through
}

function withMember<T extends object>(target: T, name: string, member: unknown): never {
  return new Proxy(target, {
    get(_, asked) {
      if (asked === name) return member
      const own: unknown = Reflect.get(target, asked, target)
      return typeof own === 'function' ? own.bind(target) : own
    },
  }) as never
}
