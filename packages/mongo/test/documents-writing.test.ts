import { batch, isStoreError, pipe, readOnly, remove, update } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { collect, rejection } from '@kvdol/test-support'
import { Code, DBRef, ObjectId } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { append, distinct, documents, extend, modify, push } from '../src/index.ts'
import { openServer } from './support/server.ts'
import { type Person, THINGS, thingsOn } from './support/things.ts'

const MIB = 1024 * 1024

await withService('mongo', url => {
  const server = openServer(url)

  const things = () => thingsOn(server)

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
      expect(await rejection(blue.set(2, red))).toMatchObject({ code: 'InvalidValue' })
      expect(await rejection(blue.set(1, { ...red, color: 'blue' }))).toMatchObject({ code: 'Conflict' })
      const large = documents(collection, { filter: { number: { $gt: 30 } } })
      expect(await collect(large.keys())).toEqual([4, 5, 6, 7])
      expect(await rejection(large.set(4, red))).toMatchObject({ code: 'InvalidValue' })
      await large.set(4, { ...red, number: 31 })
      const failed = await rejection(
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
      expect(await collect(named.keys())).toEqual([70, 71])
      const partly = documents(collection, { filter: { number: { $gt: 30 } }, value: 'number' })
      expect(await rejection(partly.set(4, 1))).toMatchObject({ code: 'Unsupported' })
    })
  })

  describe('conditions', () => {
    it('create once, replace what is known, delete what is known', async () => {
      const store = documents(server.collection<Person>())
      const writers = Array.from({ length: 20 }, (_, n) =>
        store.set('a', { name: 'a', age: n }, { ifAbsent: true }).catch((error: unknown) => error),
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
        expect(await rejection(call())).toMatchObject({ code: 'Conflict' })
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
        expect(await rejection(store.set('a', { _id: 'x', age: 1 }, options))).toMatchObject({
          code: 'Unsupported',
        })
    })
  })

  describe('a document that the server does not take', () => {
    it('is TooLarge above 16 MiB, whichever call writes it', async () => {
      const collection = server.collection<{ _id: string; v: unknown }>()
      const store = documents(collection, { value: 'v' })
      const whole = documents(collection)
      const ordered = documents(collection, { key: 'v', sort: { v: 1 } })
      const refused = { code: 'TooLarge', outcome: 'not-applied', retryable: false }
      // The first fits into the driver's buffer, and is refused by the server; the other does not.
      for (const size of [16 * MIB, 18 * MIB]) {
        const v = new Uint8Array(size)
        for (const call of [
          () => store.set('k', v),
          () => whole.set('k', { v }),
          () => whole.set('k', { v }, { ifAbsent: true }),
          () => ordered.set('k' as never, { w: v } as never),
          () => whole.setMany([['k', { v }]]),
          () => append(whole, { v }),
          () => extend(whole, [{ v }]),
        ])
          expect(await rejection(call())).toMatchObject(refused)
      }
      await whole.set('k', { v: new Uint8Array(15 * MIB) })
      const grown = modify(
        documents(collection),
        'k',
        draft => void Object.assign(draft, { w: new Uint8Array(2 * MIB) }),
      )
      expect(await rejection(grown)).toMatchObject(refused)
      expect(await collection.countDocuments()).toBe(1)
    })

    it('is a Conflict with the name of the unique index, whichever call writes it', async () => {
      const collection = server.collection<Person & { email: string }>()
      await collection.createIndex({ email: 1 }, { unique: true })
      const store = documents(collection)
      await store.set('a', { name: 'a', age: 1, email: 'a@x' })
      const taken = { name: 'b', age: 2, email: 'a@x' }
      for (const call of [
        () => store.set('b', taken),
        () => store.set('b', taken, { ifAbsent: true }),
        () => store.setMany([['b', taken]]),
        () => append(store, { _id: 'b', ...taken }),
        () => extend(store, [{ _id: 'b', ...taken }]),
      ]) {
        const error = await rejection(call())
        expect(error).toMatchObject({ code: 'Conflict', outcome: 'not-applied' })
        expect(error.message).toContain('the unique index email_1')
      }
      expect((await rejection(store.set('a', taken, { ifAbsent: true }))).message).toContain('the same _id')
      // FerretDB does not say which index it is here.
      const ordered = documents(collection, { key: 'name', sort: { name: 1 } })
      const error = await rejection(ordered.set('b', { _id: 'b', age: 2, email: 'a@x' }))
      expect(error).toMatchObject({ code: 'Conflict' })
      expect(error.message).toMatch(/unique index/)
      expect(await collection.countDocuments()).toBe(1)
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
      const got = await collect(store.getMany(entries.map(([key]) => key)))
      expect(got.filter(([, value]) => value !== undefined)).toHaveLength(50)
      expect(server.commands).toEqual(['update', 'delete', 'find'])
      await extend(store, [
        { _id: 'y', name: 'y', age: 1 },
        { _id: 'z', name: 'z', age: 1 },
      ])
      expect(server.commands.slice(3)).toEqual(['insert'])
    })

    it('of sets and deletes are a command for each kind, and `remove` is one', async () => {
      const collection = server.collection<Person>()
      await collection.insertOne({ _id: 'hidden', name: 'x', age: 1 })
      const store = documents(collection, { filter: { age: { $gte: 18 } } })
      await store.setMany([
        ['old', { name: 'x', age: 20 }],
        ['gone', { name: 'x', age: 20 }],
      ])
      server.commands.length = 0
      const error = await rejection(
        batch(store, [
          { set: 'old', value: { name: 'y', age: 20 } },
          { set: 'new', value: { name: 'y', age: 30 } },
          { set: 'young', value: { name: 'y', age: 3 } },
          { delete: 'gone' },
          { delete: 'hidden' },
          { delete: 'absent' },
        ]),
      )
      expect([...(error.failures?.keys() ?? [])]).toEqual(['young'])
      expect(server.commands.slice(-2)).toEqual(['update', 'delete'])
      expect(
        (await collection.find().sort({ _id: 1 }).toArray()).map(({ _id, name }) => [_id, name]),
      ).toEqual([
        ['hidden', 'x'],
        ['new', 'y'],
        ['old', 'y'],
      ])
      server.commands.length = 0
      expect([await remove(store, 'new'), await remove(store, 'hidden')]).toEqual([true, false])
      expect(server.commands).toEqual(['delete', 'delete'])
    })

    it('tell what failed by key', async () => {
      const store = documents(server.collection<Person>())
      const bad = { name: 'x', age: undefined as never }
      const error = await rejection(
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
      expect(await collect(store.keys())).toEqual(['a'])
      expect(await rejection(store.deleteMany(['a', undefined as never]))).toMatchObject({
        code: 'InvalidKey',
      })
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
      expect(await rejection(push(others, 'k', [1] as never))).toMatchObject({ code: 'Unsupported' })
    })

    it('refuses what is there, what is no record, and a store that can only be read', async () => {
      const collection = server.collection<Person>()
      const store = documents(collection)
      await append(store, { _id: 'a', name: 'a', age: 1 })
      expect(await rejection(append(store, { _id: 'a', name: 'b', age: 2 }))).toMatchObject({
        code: 'Conflict',
        op: 'append',
      })
      const error = await rejection(
        extend(store, [
          { _id: 'a', name: 'b', age: 2 },
          { _id: 'b', name: 'b', age: 2 },
        ]),
      )
      expect(error).toMatchObject({ code: 'Conflict' })
      expect(isStoreError(error) && [...(error.failures?.keys() ?? [])]).toEqual(['a'])
      expect(await store.get('b')).toEqual({ name: 'b', age: 2 })
      for (const record of [null, 'x', [1], { _id: { $gt: '' } }, { $set: 1 }])
        expect(isStoreError(await rejection(append(store, record as never)))).toBe(true)
      expect(await rejection(append(pipe(store, readOnly) as never, { name: 'x' }))).toMatchObject({
        code: 'ReadOnly',
      })
      await store.close()
      expect(await rejection(append(store, { name: 'x' }))).toMatchObject({ code: 'Closed' })
      expect(await rejection(distinct(store, 'name'))).toMatchObject({ code: 'Closed' })
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

    it('looks only at what was changed: the rest may hold what others have written', async () => {
      const collection = server.collection<{ _id: string; n: { count: number } }>()
      const ref = new DBRef('others', new ObjectId())
      const odd = { 'a.b': 1, $z: 2, ref, code: new Code('x'), list: [{ 'c.d': 3 }] }
      await collection.insertOne({ _id: 'k', n: { count: 1, 'x.y': 5 } as never, ...odd })
      const [before] = await collection.find().toArray()
      const store = documents(collection)
      const value = await modify(store, 'k', draft => {
        draft.n.count = 2
      })
      expect(value.n.count).toBe(2)
      expect(await collection.find().toArray()).toEqual([{ ...before, n: { count: 2, 'x.y': 5 } }])
      // What cannot be written by its path, or holds such, is refused, and nothing is written.
      const refused: ((draft: Record<string, never>) => void)[] = [
        draft => Object.assign(draft, { 'a.b': 2 }),
        draft => Object.assign(draft, { $z: 3 }),
        draft => delete draft.$z,
        draft => Object.assign(draft.n as never, { 'x.y': 6 }),
        draft => (draft.list as never as unknown[]).push(1),
        draft => Object.assign(draft, { more: { $set: 1 } }),
        draft => Object.assign(draft, { more: undefined }),
        draft => Object.assign(draft, { _bsontype: 'Code' }),
      ]
      for (const change of refused)
        expect(await rejection(modify(store, 'k', change as never))).toMatchObject({
          code: 'InvalidValue',
          op: 'modify',
        })
      expect(await collection.find().toArray()).toEqual([{ ...before, n: { count: 2, 'x.y': 5 } }])
    })

    it('rejects with what the function throws, and is not a failure of the store', async () => {
      const store = documents(server.collection<Person>())
      await store.set('k', { name: 'a', age: 1 })
      const mine = new Error('mine')
      const call = modify(store, 'k', () => {
        throw mine
      })
      await expect(call).rejects.toBe(mine)
      await store.close()
    })

    it('refuses bad fields, absent keys, and kinds of stores that it cannot change', async () => {
      const store = documents(server.collection<Person>())
      await store.set('k', { name: 'a', age: 1 })
      const bad = modify(store, 'k', draft => {
        ;(draft as { name: unknown }).name = { $inc: 1 }
      })
      expect(await rejection(bad)).toMatchObject({ code: 'InvalidValue', op: 'modify' })
      expect(await rejection(modify(store, 'x', () => {}))).toMatchObject({ code: 'NotFound', key: 'x' })
      const byName = documents(server.collection<Person>(), { key: 'name' })
      expect(await rejection(modify(byName, 'x', () => {}))).toMatchObject({ code: 'Unsupported' })
      expect(await store.get('k')).toEqual({ name: 'a', age: 1 })
    })
  })
})
