import { withService } from '@kvdol/services'
import { collect, rejection } from '@kvdol/test-support'
import { ObjectId } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { aggregate, append, distinct, documents } from '../src/index.ts'
import { openServer } from './support/server.ts'
import { type Person, THINGS, thingsOn } from './support/things.ts'

await withService('mongo', url => {
  const server = openServer(url)

  const things = () => thingsOn(server)

  describe('a part of a collection', () => {
    it('is what the filter lets through', async () => {
      const blue = documents(await things(), { filter: { color: 'blue' } })
      expect(await blue.size()).toBe(3)
      expect(await collect(blue.keys())).toEqual([2, 4, 6])
      expect(await blue.get(1)).toBe(undefined)
      expect(await blue.has(1)).toBe(false)
    })

    it('is what skip and limit leave, on every path', async () => {
      const some = documents(await things(), { skip: 2, limit: 3 })
      expect(await collect(some.keys())).toEqual([3, 4, 5])
      expect((await collect(some.entries())).map(([key]) => key)).toEqual([3, 4, 5])
      expect(await some.size()).toBe(3)
      expect(await some.get(3)).toEqual({ color: 'red', number: 10, dims: { x: 5 } })
      expect(await some.get(2)).toBe(undefined)
      expect(await some.has(6)).toBe(false)
      expect((await distinct(some, 'color')).sort()).toEqual(['blue', 'green', 'red'])
      await expect(append(some as never, { color: 'red' })).rejects.toMatchObject({ code: 'ReadOnly' })
    })

    it('can have records as keys', async () => {
      const store = documents(await things(), { key: { record: ['_id'] }, limit: 2 })
      expect(await collect(store.keys())).toEqual([{ _id: 1 }, { _id: 2 }])
      expect(Object.keys((await store.get({ _id: 2 })) as object)).toEqual(['color', 'number', 'dims'])
    })

    it('has the order of sort', async () => {
      const sorted = documents(await things(), { sort: { number: -1, _id: 1 }, limit: 2 })
      expect(await collect(sorted.keys())).toEqual([7, 6])
    })

    it('gives different values of a field, however deep, and aggregates', async () => {
      const store = documents(await things(), { filter: { color: { $ne: 'green' } } })
      expect((await distinct(store, 'dims.x')).sort()).toEqual([2, 3, 5])
      const counts = aggregate(store, [
        { $group: { _id: '$color', count: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ])
      expect(await collect(counts)).toEqual([
        { _id: 'blue', count: 3 },
        { _id: 'red', count: 2 },
      ])
    })

    it('is no limit for the stages of a pipeline that read elsewhere, as the documentation says', async () => {
      const collection = await things()
      const blue = documents(collection, { filter: { color: 'blue' } })
      const all = { from: collection.collectionName, pipeline: [], as: 'all' }
      const [first] = await collect(aggregate(blue, [{ $limit: 1 }, { $lookup: all }]))
      expect(first?.all).toHaveLength(THINGS.length)
    })

    it('is not written by a pipeline', async () => {
      const store = documents(await things())
      for (const pipeline of [[{ $out: 'x' }], [{ $match: {} }, { $merge: 'x' }], 'x', [{}], [null]])
        await expect(collect(aggregate(store, pipeline as never))).rejects.toMatchObject({
          code: 'InvalidArgument',
          op: 'aggregate',
        })
      for (const field of ['', '$where', 5])
        await expect(distinct(store, field as never)).rejects.toMatchObject({ code: 'InvalidArgument' })
    })
  })

  describe('several documents with one key', () => {
    it('are refused, or the first, or all of them', async () => {
      const collection = await things()
      const unique = documents(collection, { key: 'color', match: 'unique' })
      expect(await unique.get('black')).toBe(undefined)
      expect(await rejection(unique.get('red'))).toMatchObject({ code: 'Incompatible' })
      expect(await rejection(unique.getOrThrow('black'))).toMatchObject({ code: 'NotFound' })
      for (const call of [
        () => unique.set('red', { _id: 9, number: 1, dims: { x: 1 } }),
        () => unique.delete('red'),
        () => collect(unique.getMany(['red'])),
        () => unique.setMany([['red', { _id: 9, number: 1, dims: { x: 1 } }]]),
        () => unique.deleteMany(['black', 'red']),
      ])
        expect(await rejection(call())).toMatchObject({ code: 'Incompatible' })

      const first = documents(collection, {
        key: 'color',
        match: 'first',
        value: '_id',
        sort: { number: -1 },
      })
      expect(await first.get('blue')).toBe(6)
      expect(await collect(first.getMany(['blue', 'black', 'green']))).toEqual([
        ['blue', 6],
        ['black', undefined],
        ['green', 7],
      ])

      const every = documents(collection, { key: 'color', match: 'all', value: '_id' })
      expect(await every.get('blue')).toEqual([2, 4, 6])
      expect(await every.get('black')).toBe(undefined)
      expect(await every.has('black')).toBe(false)
      expect(await collect(collection.find({}).map(({ _id }) => _id))).toHaveLength(7)
    })

    it('are one key in listings and in size', async () => {
      const store = documents(await things(), { key: 'color', match: 'all', sort: { number: -1 } })
      expect(await collect(store.keys())).toEqual(['green', 'blue', 'red'])
      expect(await store.size()).toBe(3)
      expect((await collect(store.entries())).map(([key, values]) => [key, values.length])).toEqual([
        ['green', 2],
        ['blue', 3],
        ['red', 2],
      ])
    })

    it('are replaced together', async () => {
      const collection = await things()
      const store = documents(collection, {
        key: 'color',
        match: 'all',
        value: 'number',
        allowTornReads: true,
      })
      await store.set('blue', [1, 2])
      expect((await store.get('blue'))?.sort()).toEqual([1, 2])
      expect(await store.get('red')).toEqual([10, 10])
      await store.set('new', [3])
      expect(await store.get('new')).toEqual([3])
      expect(await rejection(store.set('new', []))).toMatchObject({ code: 'InvalidValue' })
      expect(await rejection(store.set('new', 3 as never))).toMatchObject({ code: 'InvalidValue' })
      await store.delete('blue')
      expect(await store.get('blue')).toBe(undefined)
      expect(await collection.countDocuments()).toBe(5)
    })

    it('stay what they are when they are written back', async () => {
      const collection = await things()
      const store = documents(collection, { key: 'color', match: 'all', allowTornReads: true })
      const values = (await store.getOrThrow('blue')).filter(({ _id }) => _id !== 4)
      await store.set('blue', values)
      expect(await store.get('blue')).toEqual(values)
      expect(await collection.countDocuments()).toBe(6)
      // The document of another key is not taken away.
      expect(await rejection(store.set('blue', [{ _id: 1, number: 0, dims: { x: 0 } }]))).toMatchObject({
        code: 'Conflict',
      })
      expect(await collection.findOne({ _id: 1 })).toEqual(THINGS[0])
    })

    it('are replaced by a transaction, or not at all', async ctx => {
      const store = documents(await things(), { key: 'color', match: 'all', value: 'number' })
      const hello = await server.db.command({ hello: 1 })
      const error = await store.set('blue', [1, 2]).catch((refusal: unknown) => refusal)
      if (hello.setName === undefined) {
        expect(error).toMatchObject({ code: 'Unsupported' })
        expect(await store.get('blue')).toEqual([20, 40, 60])
        ctx.skip('this server has no transactions; give one of a replica set in KVDOL_TEST_MONGO_URL')
      }
      expect(error).toBe(undefined)
      expect((await store.get('blue'))?.sort()).toEqual([1, 2])
    })
  })

  describe('key and value fields', () => {
    it('make bare values and tuples', async () => {
      const collection = server.collection<Person>()
      const store = documents(collection, { value: ['name', 'age'] })
      await store.set('123', ['John', 42])
      await store.set('456', ['Ann', 41])
      expect(await collection.findOne({ _id: '123' })).toEqual({ _id: '123', name: 'John', age: 42 })
      expect(await collect(store.keys())).toEqual(['123', '456'])
      expect(await collect(store.values())).toEqual([
        ['John', 42],
        ['Ann', 41],
      ])
      expect(await store.get('123')).toEqual(['John', 42])
    })

    it('make tuples of keys', async () => {
      const collection = server.collection<{ _id: number; name: string; age: number }>()
      const store = documents(collection, { key: ['_id', 'name'] })
      await store.set([1234, 'bob'], { age: 42 })
      await store.set([1235, 'bob'], { age: 43 })
      expect(await collection.findOne({ _id: 1234 })).toEqual({ _id: 1234, name: 'bob', age: 42 })
      expect(await store.get([1234, 'bob'])).toEqual({ age: 42 })
      expect(await store.get([1234, 'ann'])).toBe(undefined)
      expect(await collect(store.keys())).toEqual([
        [1234, 'bob'],
        [1235, 'bob'],
      ])
      expect(await collect(store.keys({ prefix: [1235] }))).toEqual([[1235, 'bob']])
      expect(
        await collect(
          store.getMany([
            [1235, 'bob'],
            [1, 'x'],
          ]),
        ),
      ).toEqual([
        [[1235, 'bob'], { age: 43 }],
        [[1, 'x'], undefined],
      ])
      // The document with this _id has another name.
      expect(await rejection(store.set([1234, 'ann'], { age: 1 }))).toMatchObject({ code: 'Conflict' })
      await store.delete([1234, 'ann'])
      expect(await store.size()).toBe(2)
      await store.deleteMany([
        [1234, 'bob'],
        [1235, 'bob'],
      ])
      expect(await store.size()).toBe(0)
    })

    it('make records of keys, also of other fields than _id', async () => {
      const collection = server.collection<Person>()
      const store = documents(collection, { key: { record: ['name', 'city'] }, value: 'age' })
      await store.set({ name: 'ann', city: 'rome' }, 41)
      await store.set({ name: 'ann', city: 'paris' }, 42)
      expect(await store.get({ name: 'ann', city: 'rome' })).toBe(41)
      expect((await collect(store.keys({ prefix: { city: 'paris' } }))).map(key => key.city)).toEqual([
        'paris',
      ])
      expect(await store.size()).toBe(2)
      await store.set({ name: 'ann', city: 'rome' }, 43)
      expect(await store.get({ name: 'ann', city: 'rome' })).toBe(43)
      expect(await collection.countDocuments()).toBe(2)
    })

    it('leave fields alone that are not the value', async () => {
      const collection = server.collection<Person>()
      await collection.insertOne({ _id: 'a', name: 'Ann', age: 1, city: 'Rome' })
      const ages = documents(collection, { value: 'age' })
      await ages.set('a', 2)
      await ages.setMany([
        ['a', 3],
        ['b', 4],
      ])
      expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', name: 'Ann', age: 3, city: 'Rome' })
      expect(await collection.findOne({ _id: 'b' })).toEqual({ _id: 'b', age: 4 })
      const some = documents(collection, { value: { record: ['age', 'city'] } })
      await some.set('a', { age: 5 } as never)
      expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', name: 'Ann', age: 5 })
    })

    it('are found by an identifier in a prefix', async () => {
      const [first, second] = [new ObjectId(), new ObjectId()]
      const collection = server.collection<{ team: ObjectId; name: string; age: number }>()
      const store = documents(collection, { key: ['team', 'name'], value: 'age' })
      await store.setMany([
        [[first, 'ann'], 41],
        [[second, 'bob'], 42],
      ])
      const found = await collect(store.entries({ prefix: [new ObjectId(second.toHexString())] }))
      expect(found).toEqual([[[second, 'bob'], 42]])
    })

    it('list strings by prefix as a range of the index', async () => {
      const collection = server.collection<Person>()
      const store = documents(collection)
      for (const key of ['a', 'ab', 'ac', 'a.c', 'A', 'b']) await store.set(key, { name: key, age: 1 })
      expect(await collect(store.keys({ prefix: 'a' }))).toEqual(['a', 'a.c', 'ab', 'ac'])
      expect(await collect(store.keys({ prefix: 'a.' }))).toEqual(['a.c'])
    })
  })

  describe('intervals', () => {
    it('of one source do not overlap', async () => {
      const store = documents(server.collection<{ _id: number; source: string; bt: number; tt: number }>(), {
        intervals: { source: 'source', begin: 'bt', end: 'tt' },
      })
      await store.set(1, { source: 'a', bt: 10, tt: 20 })
      await store.set(2, { source: 'a', bt: 20, tt: 30 })
      await store.set(3, { source: 'b', bt: 15, tt: 25 })
      await store.set(1, { source: 'a', bt: 11, tt: 20 })
      for (const [bt, tt] of [
        [5, 12],
        [12, 13],
        [0, 100],
        [29, 31],
      ] as const)
        expect(await rejection(store.set(4, { source: 'a', bt, tt }))).toMatchObject({ code: 'Conflict' })
      expect(await rejection(append(store, { source: 'a', bt: 12, tt: 13 }))).toMatchObject({
        code: 'Conflict',
      })
      expect(await rejection(store.setMany([[4, { source: 'a', bt: 12, tt: 13 }]]))).toMatchObject({
        code: 'Conflict',
      })
      for (const value of [
        { source: 'a', bt: 5, tt: 5 },
        { source: 'a', bt: 6, tt: 5 },
        { source: 'a', bt: 1 },
      ])
        expect(await rejection(store.set(4, value as never))).toMatchObject({ code: 'InvalidValue' })
      expect(await store.size()).toBe(3)
    })
  })
})
