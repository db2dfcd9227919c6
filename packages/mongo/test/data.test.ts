import { withService } from '@kvdol/services'
import { collect, rejection } from '@kvdol/test-support'
import fc from 'fast-check'
import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  Int32,
  Long,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb'
import { describe, expect, it } from 'vitest'
import { documents } from '../src/index.ts'
import { openServer } from './support/server.ts'

type Any = { _id: unknown; v: unknown }

await withService('mongo', url => {
  const server = openServer(url)
  const open = (int64: 'number' | 'bigint' = 'number') =>
    documents(server.collection<Any>(), { value: 'v', int64 })

  describe('values', () => {
    it('come back as they were', async () => {
      const store = open()
      const values: unknown[] = [
        null,
        true,
        '',
        'é\0😀',
        0,
        -1,
        1.5,
        2 ** 53,
        -(2 ** 31) - 1,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        -0,
        new Date(0),
        new Date(8.64e15),
        new Uint8Array(),
        new Uint8Array([0, 255, 7]),
        new ObjectId(),
        new UUID(),
        new Binary(new Uint8Array([1, 2]), 128),
        Decimal128.fromString('0.10'),
        Long.MAX_VALUE,
        new Timestamp({ t: 1, i: 2 }),
        new MinKey(),
        new BSONRegExp('^a', 'i'),
        [],
        [1, [2, [null]], {}],
        { a: { b: [new Uint8Array([1])] } },
      ]
      for (const value of values) {
        await store.set('k', value)
        const got = await store.get('k')
        expect(got).toEqual(value)
        if (typeof value === 'number') expect(Object.is(got, value)).toBe(true)
        if (value instanceof Uint8Array) expect(got?.constructor).toBe(Uint8Array)
      }
    })

    it('of numbers with a type of their own come back as numbers', async () => {
      const store = open()
      for (const value of [new Int32(5), new Double(5), Long.fromNumber(5)]) {
        await store.set('k', value)
        expect(await store.get('k')).toBe(5)
      }
    })

    it('of 64 bits are bigints where that is asked for', async () => {
      const store = open('bigint')
      for (const value of [0n, -5n, 2n ** 63n - 1n, -(2n ** 63n)]) {
        await store.set('k', value)
        expect(await store.get('k')).toBe(value)
      }
      await store.set('k', 7)
      expect(await store.get('k')).toBe(7)
      expect(await rejection(store.set('k', 2n ** 63n))).toMatchObject({ code: 'InvalidValue' })
      await store.set(5n, 'key')
      expect(await store.get(5n)).toBe('key')
      expect(await rejection(open().set('k', 5n))).toMatchObject({ code: 'InvalidValue' })
    })

    it('that would come back as something else are refused, and the old one stays', async () => {
      const collection = server.collection<Any>()
      const store = documents(collection)
      await store.set('k', { v: 'old' })
      let executed = false
      class Mine {}
      const cyclic: Record<string, unknown> = {}
      cyclic.cyclic = cyclic
      const values: unknown[] = [
        undefined,
        () => 1,
        Symbol('x'),
        5n,
        'half \udc00',
        new Date(Number.NaN),
        /a/,
        new Map(),
        new Set(),
        new Mine(),
        new Float64Array(2),
        new ArrayBuffer(2),
        Promise.resolve(1),
        [undefined],
        new Array(3),
        cyclic,
        { $set: { a: 1 } },
        { a: { $where: '1' } },
        { 'a.b': 1 },
        { 'a\0b': 1 },
        { '': 1 },
        { _bsontype: 'ObjectId', id: new Uint8Array(12) },
        { _bsontype: 'Code', code: 'x' },
        { [Symbol.for('@@mdb.bson.version')]: 7, _bsontype: 'Long', low: 1, high: 1 },
        Object.create({ _bsontype: 'ObjectId' }),
        {
          toBSON() {
            executed = true
            return { a: 1 }
          },
        },
        Object.create({
          toBSON() {
            executed = true
            return 1
          },
        }),
        new Proxy(new Date(0), {}),
        {
          get getter() {
            throw new Error('no')
          },
        },
      ]
      for (const value of values)
        expect(await rejection(store.set('k', { v: value } as never))).toMatchObject({ code: 'InvalidValue' })
      for (const value of [undefined, null, 'x', 5, [], new Date(), new ObjectId(), { _id: 'other', v: 1 }])
        expect(await rejection(store.set('k', value as never))).toMatchObject({ code: 'InvalidValue' })
      expect(executed).toBe(false)
      expect(await collection.find().toArray()).toEqual([{ _id: 'k', v: 'old' }])
    })

    it('have fields with names of built-in properties, and nothing is polluted', async () => {
      const before = Object.getOwnPropertyNames(Object.prototype)
      const store = open()
      const value = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toBSON":1,"then":2,"length":3}',
      )
      await store.set('k', value)
      const got = (await store.get('k')) as Record<string, unknown>
      expect(JSON.stringify(got)).toBe(JSON.stringify(value))
      expect(Object.keys(got)).toEqual(Object.keys(value))
      expect(Object.getPrototypeOf(got)).toBe(Object.prototype)
      expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
      const whole = documents(server.collection<Any>())
      await whole.set('k', value)
      expect(Object.keys((await whole.get('k')) as object)).toEqual(Object.keys(value))
    })

    it('are copied at once, and are the caller’s own', async () => {
      const store = open()
      const value = { list: [1], bytes: new Uint8Array([1]) }
      const writing = store.set('k', value)
      value.list.push(2)
      value.bytes[0] = 9
      await writing
      const got = (await store.get('k')) as typeof value
      expect(got).toEqual({ list: [1], bytes: new Uint8Array([1]) })
      got.bytes[0] = 5
      expect(await store.get('k')).toEqual({ list: [1], bytes: new Uint8Array([1]) })
    })

    it('are random, and come back', async () => {
      const store = open()
      const name = fc
        .string({ minLength: 1, unit: 'binary' })
        .filter(text => !/^\$|[.\0]|^_bsontype$/.test(text))
      const leaf = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.double(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.date({ noInvalidDate: true }),
        fc.uint8Array({ maxLength: 20 }),
      )
      const { tree } = fc.letrec(tie => ({
        tree: fc.oneof(
          { depthSize: 'small' },
          leaf,
          fc.array(tie('tree'), { maxLength: 4 }),
          fc.dictionary(name, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
        ),
      }))
      await fc.assert(
        fc.asyncProperty(tree, async value => {
          await store.set('k', value)
          expect(await store.get('k')).toEqual(value)
        }),
        { numRuns: 60, seed: 1 },
      )
    })
  })

  describe('keys', () => {
    it('are values of any type that can be compared', async () => {
      const store = open()
      const keys = [
        '',
        'a',
        0,
        1.5,
        -3,
        2 ** 40,
        true,
        new Date(5),
        new ObjectId(),
        new UUID(),
        new Uint8Array([1]),
      ]
      await store.setMany(keys.map((key, n) => [key, n]))
      for (const [n, key] of keys.entries()) expect(await store.get(key)).toBe(n)
      expect((await collect(store.getMany(keys))).map(([, value]) => value)).toEqual([...keys.keys()])
      const listed = await collect(store.keys())
      expect(listed).toHaveLength(keys.length)
      expect(listed).toEqual(expect.arrayContaining(keys))
      expect(await store.size()).toBe(keys.length)
      await store.deleteMany(keys)
      expect(await store.size()).toBe(0)
    })

    it('are never members of lists, and documents without one are no entries', async () => {
      const collection = server.collection<{ _id: number; tag?: unknown }>()
      const foreign: unknown[] = []
      await collection.insertMany([
        { _id: 1, tag: 'a' },
        { _id: 2, tag: ['a', 'b'] },
        { _id: 3 },
        { _id: 4, tag: null },
        { _id: 5, tag: { a: 1 } },
      ])
      const store = documents(collection, {
        key: 'tag',
        value: '_id',
        onForeign: ({ id }) => foreign.push(id),
      })
      expect(await store.get('a')).toBe(1)
      expect(await store.has('b')).toBe(false)
      expect(await collect(store.keys())).toEqual(['a'])
      expect(await store.size()).toBe(1)
      expect(foreign).toEqual([2, 3, 4, 5])
      await store.delete('a')
      expect(await collection.countDocuments()).toBe(4)
    })
  })
})
