import { isStoreError, pipe, readOnly, update } from '@kvdol/core'
import { withService } from '@kvdol/services'
import type { ObjectId } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { append, distinct, documents, extend, modify, push } from '../src/index.ts'
import { all, failing } from './support/collect.ts'
import { openServer } from './support/server.ts'
import { type Person, THINGS, type Thing } from './support/things.ts'

await withService('mongo', url => {
  const server = openServer(url)

  async function things() {
    const collection = server.collection<Thing>()
    await collection.insertMany(THINGS)
    return collection
  }

  describe('a filter', () => {
    it('is part of what is written, and of reads, counts and deletes', async () => {
      const collection = await things()
      const blue = documents(collection, { filter: { color: 'blue' }, allowClear: true })
      await blue.set(8, { number: 80, dims: { x: 1 } } as never)
      expect(await collection.findOne({ _id: 8 })).toMatchObject({ color: 'blue', number: 80 })
      await blue.setMany([[9, { color: 'blue', number: 90, dims: { x: 1 } }]])
      expect(await blue.size()).toBe(5)
      await blue.delete(1)
      await blue.deleteMany([3, 9])
      expect(await collection.countDocuments({ color: 'red' })).toBe(2)
      expect(await blue.size()).toBe(4)
    })

    it('refuses what it would hide, and what it hides', async () => {
      const collection = await things()
      const blue = documents(collection, { filter: { color: 'blue' } })
      const red = { color: 'red', number: 1, dims: { x: 1 } }
      expect(await failing(blue.set(2, red))).toMatchObject({ code: 'InvalidValue' })
      expect(await failing(blue.set(1, { ...red, color: 'blue' }))).toMatchObject({ code: 'Conflict' })
      const large = documents(collection, { filter: { number: { $gt: 30 } } })
      expect(await all(large.keys())).toEqual([4, 5, 6, 7])
      expect(await failing(large.set(4, red))).toMatchObject({ code: 'InvalidValue' })
      await large.set(4, { ...red, number: 31 })
      const failed = await failing(
        large.setMany([
          [5, { ...red, number: 32 }],
          [6, red],
        ]),
      )
      expect([...(isStoreError(failed) ? (failed.failures ?? []) : [])].map(([key]) => key)).toEqual([6])
      expect(await collection.findOne({ _id: 5 })).toMatchObject({ number: 32 })
      expect(await collection.findOne({ _id: 6 })).toEqual(THINGS[5])
      // Texts that look like expressions are texts.
      const texts = documents(collection, { filter: { number: { $gt: 30 } } })
      await texts.set(70, { color: '$number', number: 71, dims: { x: 1 } })
      expect((await texts.get(70))?.color).toBe('$number')
      const named = documents(collection, { filter: { color: { $in: ['$number', '$$ROOT'] } } })
      await named.set(71, { color: '$$ROOT', number: 5, dims: { x: 1 } })
      expect(await all(named.keys())).toEqual([70, 71])
      const partly = documents(collection, { filter: { number: { $gt: 30 } }, value: 'number' })
      expect(await failing(partly.set(4, 1))).toMatchObject({ code: 'Unsupported' })
    })
  })

  describe('conditions', () => {
    it('create once, replace what is known, delete what is known', async () => {
      const store = documents(server.collection<Person>())
      const writers = Array.from({ length: 20 }, (_, n) =>
        failing(store.set('a', { name: 'a', age: n }, { ifAbsent: true })),
      )
      const errors = (await Promise.all(writers)).filter(error => error !== undefined)
      expect(errors).toHaveLength(19)
      for (const error of errors) expect(error).toMatchObject({ code: 'Conflict', outcome: 'not-applied' })
      const etag = (await store.stat('a'))?.etag as string
      expect((await store.stat('a'))?.etag).toBe(etag)
      await store.set('a', { name: 'b', age: 1 }, { ifMatch: etag })
      for (const call of [
        () => store.set('a', { name: 'c', age: 1 }, { ifMatch: etag }),
        () => store.set('missing', { name: 'c', age: 1 }, { ifMatch: etag }),
        () => store.delete('a', { ifMatch: etag }),
      ])
        expect(await failing(call())).toMatchObject({ code: 'Conflict' })
      expect(await store.get('a')).toEqual({ name: 'b', age: 1 })
      await store.delete('a', { ifMatch: (await store.stat('a'))?.etag as string })
      expect(await store.has('a')).toBe(false)
    })

    it('lose no update', async () => {
      const store = documents(server.collection<{ _id: string; n: number }>(), { value: 'n' })
      const count = async () => {
        for (let step = 0; step < 10; step++) await update(store, 'n', n => (n ?? 0) + 1, { retries: 1000 })
      }
      await Promise.all([count(), count(), count(), count(), count()])
      expect(await store.get('n')).toBe(50)
    })

    it('are refused where the key is not unique', async () => {
      const store = documents(server.collection<Person>(), { key: 'name' })
      for (const options of [{ ifAbsent: true }, { ifMatch: 'x' }])
        expect(await failing(store.set('a', { _id: 'x', age: 1 }, options))).toMatchObject({
          code: 'Unsupported',
        })
    })
  })

  describe('batches', () => {
    it('are one call', async () => {
      const store = documents(server.collection<Person>())
      const entries = Array.from({ length: 100 }, (_, n) => [`k${n}`, { name: 'x', age: n }] as const)
      await store.has('x')
      server.commands.length = 0
      await store.setMany(entries)
      expect(server.commands).toEqual(['update'])
      await store.deleteMany(entries.slice(0, 50).map(([key]) => key))
      expect(server.commands).toEqual(['update', 'delete'])
      const got = await all(store.getMany(entries.map(([key]) => key)))
      expect(got.filter(([, value]) => value !== undefined)).toHaveLength(50)
      expect(server.commands).toEqual(['update', 'delete', 'find'])
      await extend(store, [
        { _id: 'y', name: 'y', age: 1 },
        { _id: 'z', name: 'z', age: 1 },
      ])
      expect(server.commands.slice(3)).toEqual(['insert'])
    })

    it('tell what failed by key', async () => {
      const store = documents(server.collection<Person>())
      const bad = { name: 'x', age: undefined as never }
      const error = await failing(
        store.setMany([
          ['a', { name: 'a', age: 1 }],
          ['b', bad],
          [{ $ne: null } as never, { name: 'c', age: 1 }],
        ]),
      )
      const failures = isStoreError(error) ? [...(error.failures ?? [])] : []
      expect(failures.map(([key, { code }]) => [key, code])).toEqual([
        ['b', 'InvalidValue'],
        [{ $ne: null }, 'InvalidKey'],
      ])
      expect(await all(store.keys())).toEqual(['a'])
      expect(await failing(store.deleteMany(['a', undefined as never]))).toMatchObject({ code: 'InvalidKey' })
      expect(await store.size()).toBe(0)
    })
  })

  describe('appending', () => {
    it('resolves to keys, makes ids, and never collides', async () => {
      const log = documents(server.collection<{ _id: ObjectId; ts: number; v: number }>(), {
        key: 'ts',
        value: 'v',
      })
      expect(await append(log, { ts: 1, v: 2 })).toBe(1)
      expect(
        await extend(log, [
          { ts: 2, v: 3 },
          { ts: 3, v: 4 },
        ]),
      ).toEqual([2, 3])
      expect(await log.get(1)).toBe(2)
      const made = documents(server.collection<{ _id: ObjectId; v: number }>())
      const keys = await Promise.all(Array.from({ length: 50 }, (_, v) => append(made, { v })))
      expect(new Set(keys.map(String)).size).toBe(50)
      expect(await made.size()).toBe(50)
      expect(await made.get(keys[7] as ObjectId)).toEqual({ v: 7 })
    })

    it('adds to the documents of a key', async () => {
      const store = documents(server.collection<{ _id: ObjectId; k: string; v: number }>(), {
        key: 'k',
        match: 'all',
        value: 'v',
      })
      for (const v of [1, 2, 3]) await append(store, { k: 'k', v })
      expect(await store.get('k')).toEqual([1, 2, 3])
    })

    it('adds to a list, also to one that is not there', async () => {
      const store = documents(server.collection<{ _id: string; items: number[] }>(), { value: 'items' })
      await store.set('k', [1])
      await push(store, 'k', [2])
      await push(store, 'k', [3])
      expect(await store.get('k')).toEqual([1, 2, 3])
      await Promise.all(Array.from({ length: 20 }, (_, n) => push(store, 'new', [n])))
      expect((await store.get('new'))?.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n))
      const others = documents(server.collection<Person>())
      expect(await failing(push(others, 'k', [1] as never))).toMatchObject({ code: 'Unsupported' })
    })

    it('refuses what is there, what is no record, and a store that can only be read', async () => {
      const collection = server.collection<Person>()
      const store = documents(collection)
      await append(store, { _id: 'a', name: 'a', age: 1 })
      expect(await failing(append(store, { _id: 'a', name: 'b', age: 2 }))).toMatchObject({
        code: 'Conflict',
        op: 'append',
      })
      const error = await failing(
        extend(store, [
          { _id: 'a', name: 'b', age: 2 },
          { _id: 'b', name: 'b', age: 2 },
        ]),
      )
      expect(error).toMatchObject({ code: 'Conflict' })
      expect(isStoreError(error) && [...(error.failures?.keys() ?? [])]).toEqual(['a'])
      expect(await store.get('b')).toEqual({ name: 'b', age: 2 })
      for (const record of [null, 'x', [1], { _id: { $gt: '' } }, { $set: 1 }])
        expect(isStoreError(await failing(append(store, record as never)))).toBe(true)
      expect(await failing(append(pipe(store, readOnly) as never, { name: 'x' }))).toMatchObject({
        code: 'ReadOnly',
      })
      await store.close()
      expect(await failing(append(store, { name: 'x' }))).toMatchObject({ code: 'Closed' })
      expect(await failing(distinct(store, 'name'))).toMatchObject({ code: 'Closed' })
      expect(await collection.countDocuments()).toBe(2)
    })
  })

  describe('modify', () => {
    it('writes the nested fields that were changed, and no other', async () => {
      const collection = server.collection<{
        _id: string
        a: { b: { c: number; d?: number }; list: number[] }
      }>()
      const store = documents(collection)
      await store.set('k', { a: { b: { c: 1, d: 2 }, list: [1] } })
      server.commands.length = 0
      // A read, the other's update, the own one; and the look of this test at what is there then.
      const value = await modify(store, 'k', async draft => {
        draft.a.b.c = 5
        draft.a.list.push(2)
        delete draft.a.b.d
        // Somebody else writes another field in the meantime.
        await collection.updateOne({ _id: 'k' }, { $set: { other: true } as never })
      })
      expect(value).toEqual({ a: { b: { c: 5 }, list: [1, 2] } })
      expect(await collection.findOne({ _id: 'k' })).toEqual({
        _id: 'k',
        a: { b: { c: 5 }, list: [1, 2] },
        other: true,
      })
      expect(server.commands).toEqual(['find', 'update', 'update', 'find'])
    })

    it('starts again when the same field was changed', async () => {
      const store = documents(server.collection<{ _id: string; n: { count: number } }>())
      await store.set('k', { n: { count: 0 } })
      await Promise.all(
        Array.from({ length: 10 }, () =>
          modify(store, 'k', draft => {
            draft.n.count++
          }),
        ),
      )
      expect(await store.get('k')).toEqual({ n: { count: 10 } })
    })

    it('refuses bad fields, absent keys, and kinds of stores that it cannot change', async () => {
      const store = documents(server.collection<Person>())
      await store.set('k', { name: 'a', age: 1 })
      const bad = modify(store, 'k', draft => {
        ;(draft as { name: unknown }).name = { $inc: 1 }
      })
      expect(await failing(bad)).toMatchObject({ code: 'InvalidValue', op: 'modify' })
      expect(await failing(modify(store, 'x', () => {}))).toMatchObject({ code: 'NotFound', key: 'x' })
      const byName = documents(server.collection<Person>(), { key: 'name' })
      expect(await failing(modify(byName, 'x', () => {}))).toMatchObject({ code: 'Unsupported' })
      expect(await store.get('k')).toEqual({ name: 'a', age: 1 })
    })
  })
})
