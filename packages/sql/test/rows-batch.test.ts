import { batch } from '@kvdol/core'
import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { rows, transaction } from '../src/index.ts'
import { onEveryDatabase } from './support/databases.ts'

await onEveryDatabase(({ db, table, quote }) => {
  const text = db.dialect === 'mysql' ? 'VARCHAR(50)' : 'TEXT'
  const create = async (columns: string) => {
    const name = table()
    await db.query(`CREATE TABLE ${quote(name)} (${columns})`, [])
    return name
  }

  describe('a batch of rows', () => {
    it('sets and deletes together', async () => {
      const users = rows(db, table(), { key: 'id', create: { sample: { id: 7, name: 'Ann', age: 42 } } })
      await batch(users, [{ delete: 1 }])
      await batch(users, [
        { set: 1, value: { name: 'Ann', age: 1 } },
        { set: 2, value: { name: 'Bob', age: 2 } },
      ])
      await batch(users, [{ delete: 1 }, { set: 3, value: { name: 'Cy', age: 3 } }, { delete: 9 }])
      expect(await collect(users)).toEqual([
        [2, { name: 'Bob', age: 2 }],
        [3, { name: 'Cy', age: 3 }],
      ])
    })

    it('makes the table of its first row', async () => {
      const scores = rows(db, table(), { key: ['team', 'nr'], create: true })
      await batch(scores, [{ delete: ['red', 1] }])
      await batch(scores, [{ delete: ['red', 1] }, { set: ['red', 2], value: { points: 3 } }])
      expect(await collect(scores)).toEqual([[['red', 2], { points: 3 }]])
    })

    it('is nothing where one change fails', async () => {
      const name = await create(`id INTEGER PRIMARY KEY, mail ${text} NOT NULL UNIQUE`)
      const users = rows(db, name, { key: 'id' })
      await users.setMany([
        [1, { mail: 'a' }],
        [2, { mail: 'b' }],
      ])
      const before = await collect(users)
      const changes = [{ delete: 1 }, { set: 3, value: { mail: 'b' } }] as const
      await expect(batch(users, changes)).rejects.toMatchObject({ code: 'Conflict', outcome: 'not-applied' })
      for (const bad of ['x', null, 1.5])
        await expect(batch(users, [{ delete: 1 }, { delete: bad as never }])).rejects.toMatchObject({
          code: 'InvalidKey',
        })
      expect(await collect(users)).toEqual(before)
    })

    it('is done in the order given, so that a value in a unique column can move', async () => {
      const name = await create(`id INTEGER PRIMARY KEY, mail ${text} NOT NULL UNIQUE`)
      const users = rows(db, name, { key: 'id' })
      await users.set(1, { mail: 'a' })
      await batch(users, [{ delete: 1 }, { set: 2, value: { mail: 'a' } }])
      expect(await collect(users)).toEqual([[2, { mail: 'a' }]])
    })

    it('is of lists, and of keys without an index, with computed columns', async () => {
      const name = await create(`team ${text}, n INTEGER, twice INTEGER GENERATED ALWAYS AS (n * 2) STORED`)
      const lists = rows(db, name, { key: 'team', value: 'n', match: 'all' })
      await batch(lists, [
        { set: 'red', value: [1, 2] },
        { set: 'blue', value: [3] },
      ] as never)
      await batch(lists, [{ delete: 'red' }, { set: 'blue', value: [4, 5] }] as never)
      expect(await lists.get('blue' as never)).toEqual([4, 5])
      expect(await lists.has('red' as never)).toBe(false)
      await lists.delete('blue' as never)
      const single = rows(db, name, { key: 'team', value: ['n', 'twice'] })
      await batch(single, [{ set: 'a', value: [1, 2] }] as never)
      await single.setMany([['b', [2, 4]]] as never)
      await expect(
        batch(single, [{ delete: 'a' }, { set: 'c', value: [1, 3] }] as never),
      ).rejects.toMatchObject({ code: 'InvalidValue' })
      expect((await collect(single.keys())).sort()).toEqual(['a', 'b'])
    })

    it('is part of a transaction, and undone with it', async () => {
      const name = table()
      const users = rows(db, name, { key: 'id', create: { sample: { id: 7, name: 'Ann' } } })
      await users.set(1, { name: 'Ann' })
      const failed = transaction(db, async inside => {
        await batch(rows(inside, name, { key: 'id' }), [{ delete: 1 }, { set: 2, value: { name: 'Bob' } }])
        throw new Error('no')
      })
      await expect(failed).rejects.toThrow('no')
      expect(await collect(users.keys())).toEqual([1])
    })

    it('of two at once neither is lost', async () => {
      const users = rows(db, table(), { key: 'id', create: { sample: { id: 7, n: 1 } } })
      const numbers = Array.from({ length: 8 }, (_, index) => index)
      await users.setMany(numbers.map(id => [id, { n: 0 }] as const))
      await Promise.all(
        [1, 2, 3, 4].map(n =>
          batch(
            users,
            (n % 2 ? numbers : numbers.toReversed()).map(id =>
              id === n ? { delete: id } : { set: id, value: { n } },
            ),
          ),
        ),
      )
      const all = await collect(users)
      const [first] = all
      expect(all).toHaveLength(7)
      expect(all.every(([, { n }]) => n === (first as [number, { n: number }])[1].n)).toBe(true)
    })
  })
})
