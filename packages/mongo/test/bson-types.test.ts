import { readFile, writeFile } from 'node:fs/promises'
import { remove, take } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { collect, rejection } from '@kvdol/test-support'
import { BSON, Decimal128, Double, Int32, Long, Timestamp } from 'mongodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { documents, type MongoCollection, modify } from '../src/index.ts'
import { BSON_TABLE, BSON_TYPES } from './support/bson-types.ts'
import { openServer } from './support/server.ts'

const readme = new URL('../README.md', import.meta.url)

const MARKED = /(<!-- types -->\n)[\s\S]*?(\n<!-- \/types -->)/

it('the README has the table of these tests; KVDOL_UPDATE_README=1 writes it', async () => {
  const text = await readFile(readme, 'utf8')
  const updated = text.replace(MARKED, (_, open, close) => `${open}${BSON_TABLE}${close}`)
  if (process.env.KVDOL_UPDATE_README === '1') await writeFile(readme, updated)
  expect(unpadded(await readFile(readme, 'utf8'))).toContain(unpadded(BSON_TABLE))
})

/** Markdown without what aligns the columns of tables. */
const unpadded = (text: string) =>
  text.replaceAll(/ +\|/g, '|').replaceAll(/-+/g, '-').replaceAll('| -', '|-')

// biome-ignore lint/suspicious/noExplicitAny: documents of every type
type Any = any

await withService('mongo', url => {
  const server = openServer(url)

  /** The documents, byte for byte. */
  const bytesIn = async () =>
    (await collection.find({}, { raw: true }).sort({ _id: 1 }).toArray()).map(each =>
      Buffer.from(each as never).toString('hex'),
    )

  const collection = server.collection<Any>()

  beforeEach(async () => {
    await collection.deleteMany({})
  })

  /** The collection with just this document. */
  const holding = async (document: object) => {
    await collection.deleteMany({})
    await collection.insertOne(document)
  }

  describe.each(BSON_TYPES)('$type', ({ value: asValue, key: asKey, edges }) => {
    describe.each(edges)('%s', (_, value) => {
      // The first edge is tried in every place, the others in those that matter.
      const most = value === edges[0]?.[1] ? 5 : 2
      /** Where the value is, and what is the whole value of the store. */
      const places: [where: string, v: unknown, options: object][] = [
        ['as the value', value, { value: 'v' }],
        ['as a field', value, {}],
        ['as one of several fields', value, { value: ['v', 'w'] }],
        ['within a list', [1, value], { value: 'v' }],
        ['within a record', { deep: { value } }, {}],
      ]

      it.each(places.slice(0, most))(`is ${asValue} %s`, async (where, v, options) => {
        await holding({ _id: 'k', v })
        const store = documents(collection, options) as Any
        const before = await bytesIn()
        const got = await store.get('k')
        expect(got).not.toBe(undefined)
        expect((await collect<Any>(store.entries()))[0][1]).toEqual(got)
        const inside = where.startsWith('within') && value instanceof Timestamp
        if (asValue === 'refused' && !inside) {
          const error = await rejection(store.set('k', got))
          expect(error.code).toBe('InvalidValue')
          expect(error.message).toMatch(/\bv\b.*modify changes other fields and leaves it as it is/)
          expect(await bytesIn()).toEqual(before)
          return
        }
        await store.set('k', got)
        if (asValue !== 'equal') expect(await bytesIn()).toEqual(before)
        expect(await store.get('k')).toEqual(got)
        expect(await collection.countDocuments()).toBe(1)
      })

      if (most > 2)
        it('stays as it is when modify changes another field', async () => {
          await holding({ _id: 'k', v: value, other: 1 })
          const [{ v: before }] = await collection.find({}, { promoteValues: false }).toArray()
          await modify(documents(collection) as Any, 'k', (draft: Any) => {
            draft.other = 2
          })
          const [after] = await collection.find({}, { promoteValues: false }).toArray()
          expect([after.v, Number(after.other)]).toEqual([before, 2])
        })

      const ids: [of: string, make: (key: unknown) => object, options: object][] = [
        ['the _id', key => ({ _id: key, v: 1 }), { value: 'v' }],
        ['another field', key => ({ _id: 'x', g: key, v: 1 }), { key: 'g', value: 'v' }],
        ['one of two fields', key => ({ _id: 'x', g: key, v: 1 }), { key: ['_id', 'g'], value: 'v' }],
      ]

      it.each(ids.slice(0, most))(
        `as %s is ${asKey === 'key' ? 'a key' : asKey}`,
        async (of, make, options) => {
          try {
            await collection.insertOne(make(value))
          } catch (error) {
            // No document can have such an _id.
            expect([of, asKey, (error as Error).message]).toEqual([
              'the _id',
              'left out',
              expect.stringContaining('_id'),
            ])
            return
          }
          // The driver makes an _id in the place of null.
          if (of === 'the _id' && value === null) return
          const foreign: unknown[] = []
          const store = documents(collection, {
            ...options,
            onForeign: (each: unknown) => foreign.push(each),
          }) as Any
          const before = await bytesIn()
          const keys = await collect(store.keys())
          expect([keys.length, await store.size(), foreign.length]).toEqual(
            asKey === 'key' ? [1, 1, 0] : [0, 0, 1],
          )
          if (asKey === 'left out') return
          const [key] = keys
          expect([await store.get(key), await store.has(key)]).toEqual([1, true])
          expect((await collect<Any>(store.getMany([key])))[0][1]).toBe(1)
          await store.set(key, 2)
          await store.setMany([[key, 1]])
          expect(await bytesIn()).toEqual(before)
          await store.delete(key)
          expect(await bytesIn()).toEqual([])
          await store.set(key, 1)
          expect(await collect(store.keys())).toEqual([key])
          expect([await remove(store, key), await remove(store, key)]).toEqual([true, false])
          await store.set(key, 1)
          await store.deleteMany([key])
          expect(await collection.countDocuments()).toBe(0)
        },
      )
    })
  })

  describe('undefined, which only old programs have written', () => {
    /** `{ _id: 'k', v: undefined }`, which the driver reads and never writes. */
    const bytes = Buffer.concat([
      Buffer.from([0, 0, 0, 0]),
      Buffer.from('\x02_id\0\x02\0\0\0k\0\x06v\0\0', 'latin1'),
    ])
    bytes.writeInt32LE(bytes.length)

    it('is refused as a field, and the whole value of no key', async () => {
      const through = new Proxy(collection, {
        get: (target, name) =>
          name === 'find'
            ? () => ({ toArray: async () => [BSON.deserialize(bytes)] })
            : Reflect.get(target, name, target),
      }) as unknown as MongoCollection
      const store = documents(through) as Any
      const got = await store.get('k')
      expect(got).toEqual({ v: undefined })
      expect(await rejection(store.set('k', got))).toMatchObject({ code: 'InvalidValue' })
      expect(await collection.countDocuments()).toBe(0)
    })
  })

  describe('a document that is no entry', () => {
    it.each<[string, unknown, unknown, unknown]>([
      ['decimal', Decimal128.fromString('5'), 5, Long.fromNumber(5)],
      ['decimal zero', Decimal128.fromString('0'), -0, 0],
    ])('is neither read, replaced nor removed under an equal key: %s', async (_, foreign, ...keys) => {
      for (const options of [{ value: 'v' }, {}]) {
        await holding({ _id: foreign, v: 1 })
        const before = await bytesIn()
        const store = documents(collection, options as Any) as Any
        const value = 'value' in options ? 2 : { v: 2 }
        for (const key of keys) {
          expect([await store.get(key), await store.has(key)]).toEqual([undefined, false])
          await store.delete(key)
          await store.deleteMany([key])
          expect(await remove(store, key)).toBe(false)
          expect(await take(store, key, { unguarded: true })).toBe(undefined)
          for (const write of [
            () => store.set(key, value),
            () => store.set(key, value, { ifAbsent: true }),
            () => modify(store, key, () => {}),
          ])
            expect((await rejection(write)).code).toMatch(/Conflict|NotFound/)
          await rejection(store.setMany([[key, value]]))
        }
        expect(await bytesIn()).toEqual(before)
      }
    })

    it('because it lacks the field of the value gets it from a write', async () => {
      await holding({ _id: 'k', other: 1 })
      const store = documents(collection, { value: 'v', onForeign: () => {} }) as Any
      expect([await store.get('k'), await store.has('k'), await store.size()]).toEqual([undefined, false, 0])
      expect(await collect(store.keys())).toEqual([])
      await store.delete('k')
      await store.set('k', 1, { ifAbsent: true })
      expect((await rejection(store.set('k', 2, { ifAbsent: true }))).code).toBe('Conflict')
      expect(await collection.findOne()).toEqual({ _id: 'k', other: 1, v: 1 })
      await collection.updateOne({}, { $unset: { v: '' } })
      await store.set('k', 3)
      expect(await collection.findOne()).toEqual({ _id: 'k', other: 1, v: 3 })
    })
  })

  it('fields that a document lacks are written back as lacking', async () => {
    await holding({ _id: 'k', a: 1 })
    const before = await bytesIn()
    for (const value of [['a', 'b'], { record: ['a', 'b'] }]) {
      const store = documents(collection, { value } as Any) as Any
      await store.set('k', await store.get('k'))
      expect(await bytesIn()).toEqual(before)
    }
  })

  it('keys of one number are one key in a batch, whatever their type', async () => {
    const store = documents(collection, { value: 'v' }) as Any
    await store.setMany([
      [5, 'a'],
      [Long.fromNumber(5), 'b'],
      [new Double(5), 'c'],
      [new Int32(5), 'd'],
      ['5', 'text'],
      [0, 'zero'],
      [-0, 'minus zero'],
    ])
    expect(await store.size()).toBe(3)
    expect([await store.get(5), await store.get('5'), await store.get(0)]).toEqual([
      'd',
      'text',
      'minus zero',
    ])
  })

  it('modify changes fields with names of built-in properties', async () => {
    await holding({ _id: 'k', ...JSON.parse('{"__proto__":1,"constructor":1}') })
    await modify(documents(collection) as Any, 'k', (draft: Any) => {
      Object.defineProperty(draft, '__proto__', { value: 2, enumerable: true })
      draft.constructor = 2
    })
    const found = await collection.findOne()
    expect(JSON.stringify(found)).toBe('{"_id":"k","__proto__":2,"constructor":2}')
  })
})
