import { clear, guarantees, isStoreError, remove } from '@kvdol/core'
import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { columns, rows, rowType, sqlite, tables, transaction } from '../src/index.ts'
import { onEveryDatabase } from './support/databases.ts'

interface User {
  id: number
  name: string
  age: number
}

await onEveryDatabase(({ db, table, quote }) => {
  const made = async (sql: (name: string) => string) => {
    const name = table()
    for (const text of sql(quote(name)).split(';')) await db.query(text, [])
    return name
  }

  describe('a table', () => {
    it('is made of a sample, written, read, listed and emptied', async () => {
      const users = rows(db, table(), { key: 'id', create: { sample: { id: 7, name: 'Ann', age: 42 } } })
      expect(await users.get(7)).toBe(undefined)
      await users.set(7, { name: 'Ann', age: 42 })
      expect(await users.get(7)).toEqual({ name: 'Ann', age: 42 })
      await users.set(7, { name: 'Ann', age: 43 })
      expect(await users.get(7)).toEqual({ name: 'Ann', age: 43 })
      expect(await collect(users.keys())).toEqual([7])
      expect(await users.size()).toBe(1)
      await users.delete(7)
      await users.delete(7)
      expect(await users.get(7)).toBe(undefined)
      await expect(users.getOrThrow(7)).rejects.toMatchObject({ code: 'NotFound', key: 7 })
    })

    it('tells whether a row was removed, to one of several callers', async () => {
      const users = rows(db, table(), { key: 'id', create: { sample: { id: 7, name: 'Ann' } } })
      expect(await remove(users, 7)).toBe(false)
      await users.set(7, { name: 'Ann' })
      const told = await Promise.all([remove(users, 7), remove(users, 7), remove(users, 7)])
      expect(told.sort()).toEqual([false, false, true])
      expect(await users.has(7)).toBe(false)
    })

    it('is made of the first row, and until then empty', async () => {
      const users = rows(db, table(), { key: 'id', create: true, row: rowType<User>() })
      expect([await users.get(1), await users.has(1), await users.size(), await collect(users)]).toEqual([
        undefined,
        false,
        0,
        [],
      ])
      await users.delete(1)
      await users.set(1, { name: 'Ann', age: 42 })
      expect(await collect(users)).toEqual([[1, { name: 'Ann', age: 42 }]])
    })

    it('has tuples as keys, which can be asked for by their beginning', async () => {
      const name = table()
      const create = { columns: { team: 'text', nr: 'integer', score: 'number' } } as const
      const scores = rows(db, name, { key: ['team', 'nr'], value: 'score', create })
      await scores.set(['red', 2], 0.5)
      await scores.setMany([
        [['red', 10], 1.5],
        [['blue', 1], 2],
        [['red', 2], 3],
      ])
      expect(await collect(scores)).toEqual([
        [['blue', 1], 2],
        [['red', 2], 3],
        [['red', 10], 1.5],
      ])
      expect(await collect(scores.keys({ prefix: ['red'] }))).toEqual([
        ['red', 2],
        ['red', 10],
      ])
      expect(await collect(scores.keys({ prefix: ['red'], limit: 1 }))).toEqual([['red', 2]])
      expect(await scores.has(['red', 3])).toBe(false)
      await scores.deleteMany([
        ['red', 2],
        ['green', 1],
      ])
      expect(await scores.size()).toBe(2)
      const records = rows(db, name, { key: { record: ['team', 'nr'] }, value: ['score'] })
      expect(await records.get({ team: 'blue', nr: 1 })).toEqual([2])
      expect(await collect(records.keys({ prefix: { nr: 10 } }))).toEqual([{ team: 'red', nr: 10 }])
    })

    it('keeps values with quotes and statements in them as they are', async () => {
      const notes = rows(db, table(), { key: 'id', value: 'body', create: { sample: { id: 'a', body: '' } } })
      const nasty = [`'; DROP TABLE notes; --`, '"', '\\', '`', "''", '%_', '$1', '?', ':x', '🦋', "\\'; --"]
      for (const text of nasty) await notes.set(text, text)
      for (const text of nasty) expect(await notes.get(text)).toBe(text)
      expect(await notes.size()).toBe(nasty.length)
      expect((await collect(notes.keys())).sort()).toEqual([...nasty].sort())
    })

    it('lists in pages, also while keys are deleted', async () => {
      const numbers = rows(db, table(), {
        key: ['a', 'b'],
        value: 'c',
        pageSize: 3,
        create: { sample: { a: 'x', b: 1, c: 1 } },
      })
      const entries = Array.from({ length: 20 }, (_, index) => [[`k${index % 4}`, index], index] as const)
      await numbers.setMany(entries.map(([[a, b], c]) => [[a, b], c]))
      const seen: unknown[] = []
      for await (const key of numbers.keys()) {
        seen.push(key)
        await numbers.delete(key)
      }
      expect(seen).toHaveLength(20)
      expect(await numbers.size()).toBe(0)
    })

    it('writes ten thousand rows in few statements', async () => {
      const numbers = rows(db, table(), { key: 'id', create: { sample: { id: 1, square: 1 } } })
      await numbers.setMany(Array.from({ length: 10_000 }, (_, id) => [id, { square: id * id }]))
      expect(await numbers.size()).toBe(10_000)
      expect(await numbers.get(9999)).toEqual({ square: 9999 ** 2 })
    })
  })

  describe('a name', () => {
    const odd = [
      'order',
      'two words',
      'a"b',
      'a`b',
      "a'b",
      'Mixed',
      'ünïcode',
      '$1',
      '?',
      'x;--',
      '%',
      'a.b',
      'a]b',
    ]

    it('of tables and columns may be anything that the database takes', async () => {
      for (const end of odd) {
        const name = `${table()}${end}`
        await db.query(
          `CREATE TABLE ${quote(name)} (${quote(end)} INTEGER PRIMARY KEY, ${quote(`${end}2`)} INTEGER)`,
          [],
        )
        const store = rows(db, name, { key: end, value: `${end}2` })
        await store.set(1, 2)
        expect(await collect(store)).toEqual([[1, 2]])
        expect(await tables(db).has(name)).toBe(true)
        await db.query(`DROP TABLE ${quote(name)}`, [])
      }
    })

    it('that would be changed is refused before anything happens', () => {
      const options = { key: 'id' }
      for (const name of ['', 'a\0b', '\ud800', 7, null, undefined])
        expect(() => rows(db, name as string, options)).toThrow(TypeError)
      for (const key of ['', 'a\0b', ['a', ''], [], ['a', 'a']])
        expect(() => rows(db, 't', { key })).toThrow(TypeError)
      if (db.dialect === 'sqlite') return
      expect(() => rows(db, 'x'.repeat(65), options)).toThrow(/at most/)
      expect(() => rows(db, 't', { key: 'x'.repeat(65) })).toThrow(/at most/)
    })

    it('that differs in case names another table', async () => {
      if (db.dialect === 'sqlite') return // SQLite takes `A` and `a` for one name.
      const name = table()
      await db.query(`CREATE TABLE ${quote(name)} (id INTEGER PRIMARY KEY, v INTEGER)`, [])
      await expect(rows(db, name.toUpperCase(), { key: 'id' }).get(1)).rejects.toMatchObject({
        code: 'Incompatible',
      })
    })

    it('of no table or column is told, and what there is', async () => {
      await expect(rows(db, table(), { key: 'id' }).get(1)).rejects.toMatchObject({ code: 'Incompatible' })
      await expect(columns(db, table())).rejects.toMatchObject({ code: 'Incompatible' })
      const name = await made(t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v INTEGER)`)
      for (const options of [
        { key: 'nr' },
        { key: 'id', value: 'w' },
        { key: 'id', where: { w: 1 } },
        { key: 'id', orderBy: 'w' },
      ]) {
        await expect(rows(db, name, options).get(1)).rejects.toMatchObject({
          code: 'Incompatible',
          message: expect.stringContaining('it has id, v'),
        })
      }
      await expect(rows(db, name, { key: 'id' }).set(1, { v: 1, w: 2 })).rejects.toMatchObject({
        code: 'InvalidValue',
        message: expect.stringContaining('"w"'),
      })
    })
  })

  it('takes names of methods for columns', async () => {
    const name = table()
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty'] as const
    const create = { columns: Object.fromEntries(names.map(column => [column, 'integer' as const])) }
    const store = rows(db, name, { key: 'constructor', create })
    await store.set(1, { toString: 2, valueOf: 3 } as never)
    expect(await store.get(1)).toEqual({ toString: 2, valueOf: 3, hasOwnProperty: null })
    await store.set(1, { hasOwnProperty: 4 } as never)
    expect(await store.get(1)).toEqual({ toString: null, valueOf: null, hasOwnProperty: 4 })
    const records = rows(db, name, { key: { record: ['constructor'] }, value: 'hasOwnProperty' })
    expect(await collect(records.keys({ prefix: {} as never }))).toEqual([{ constructor: 1 }])
    expect(await records.get({ constructor: 1 } as never)).toBe(4)
    await expect(records.get({} as never)).rejects.toMatchObject({
      code: 'InvalidKey',
      message: expect.stringContaining('"constructor" is missing'),
    })
    const shown = rows(db, name, { key: 'constructor', where: { valueOf: null } })
    expect(await shown.size()).toBe(1)
  })

  describe('several rows with one key', () => {
    const log = () =>
      made(
        t =>
          `CREATE TABLE ${t} (who VARCHAR(20), nr INTEGER, what VARCHAR(20));INSERT INTO ${t} VALUES ('ann', 2, 'b');INSERT INTO ${t} VALUES ('ann', 1, 'a');INSERT INTO ${t} VALUES ('bob', 1, 'c');INSERT INTO ${t} VALUES (NULL, 1, 'none')`,
      )

    it('are a list', async () => {
      const all = rows(db, await log(), { key: 'who', value: 'what', match: 'all', orderBy: 'nr' })
      expect(await all.get('ann')).toEqual(['a', 'b'])
      expect(await all.get('eve')).toBe(undefined)
      expect(await collect(all)).toEqual([
        ['ann', ['a', 'b']],
        ['bob', ['c']],
      ])
      expect(await all.size()).toBe(2)
      await all.set('ann', ['x', 'y', 'z'])
      expect(((await all.get('ann')) as string[]).toSorted()).toEqual(['x', 'y', 'z'])
      await all.setMany([
        ['bob', ['1']],
        ['cat', ['2', '3']],
      ])
      await all.delete('ann')
      expect(await collect(all.keys())).toEqual(['bob', 'cat'])
      await expect(all.set('bob', [])).rejects.toMatchObject({ code: 'InvalidValue' })
      expect(await all.get('bob')).toEqual(['1'])
    })

    it('are replaced together or not at all', async () => {
      const name = await made(t => `CREATE TABLE ${t} (who VARCHAR(20), what INTEGER NOT NULL)`)
      const all = rows(db, name, { key: 'who', value: 'what', match: 'all' })
      await all.set('ann', [1, 2])
      await expect(all.set('ann', [3, null])).rejects.toMatchObject({ code: 'InvalidValue' })
      expect(((await all.get('ann')) as number[]).toSorted()).toEqual([1, 2])
    })

    it('have a first one', async () => {
      const name = await log()
      const first = rows(db, name, { key: 'who', value: 'what', match: 'first', orderBy: 'nr' })
      expect(await first.get('ann')).toBe('a')
      const last = rows(db, name, {
        key: 'who',
        value: 'what',
        match: 'first',
        orderBy: { column: 'nr', descending: true },
      })
      expect(await last.get('ann')).toBe('b')
      expect(await collect(last)).toEqual([
        ['ann', 'b'],
        ['bob', 'c'],
      ])
      expect(
        'set' in first &&
          isStoreError(
            await (first as never as { set(k: string, v: string): Promise<void> })
              .set('a', 'b')
              .catch(e => e),
            'ReadOnly',
          ),
      ).toBe(true)
    })

    it('are an error where keys are unique', async () => {
      const unique = rows(db, await log(), { key: 'who', value: 'what' })
      for (const call of [
        () => unique.get('ann'),
        () => unique.has('ann'),
        () => unique.set('ann', 'x'),
        () => unique.delete('ann'),
        () => unique.deleteMany(['ann']),
        () => unique.setMany([['ann', 'x']]),
      ])
        await expect(call()).rejects.toMatchObject({ code: 'Incompatible', reason: 'not-unique' })
      await unique.set('bob', 'new')
      await unique.set('cat', 'new')
      await expect(unique.set('cat', 'x', { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
      await unique.setMany([
        ['bob', 'new'],
        ['dan', 'x'],
      ])
      expect(await unique.get('dan')).toBe('x')
      expect(await unique.get('bob')).toBe('new')
      expect(await unique.get('cat')).toBe('new')
    })

    it('do not come of many writers, also without an index', async () => {
      const name = await made(t => `CREATE TABLE ${t} (id INTEGER, v INTEGER)`)
      const store = rows(db, name, { key: 'id', value: 'v' })
      const results = await Promise.allSettled(Array.from({ length: 8 }, (_, v) => store.set(1, v)))
      for (const result of results)
        if (result.status === 'rejected')
          expect(result.reason).toMatchObject({ code: 'Unavailable', retryable: true })
      expect(results.some(({ status }) => status === 'fulfilled')).toBe(true)
      expect((await db.query(`SELECT count(*) FROM ${quote(name)}`, [])).rows[0]?.[0]).toBe(1)
    })
  })

  describe('where', () => {
    const tenants = () =>
      made(
        t =>
          `CREATE TABLE ${t} (tenant INTEGER, id INTEGER, v INTEGER, PRIMARY KEY (tenant, id));INSERT INTO ${t} VALUES (2, 1, 21)`,
      )

    it('shows, counts, writes and deletes only its own rows', async () => {
      const name = await tenants()
      const first = rows(db, name, { key: 'id', value: 'v', where: { tenant: 1 }, allowClear: true })
      const second = rows(db, name, { key: 'id', value: 'v', where: { tenant: 2 } })
      await first.set(1, 11)
      await first.setMany([
        [2, 12],
        [1, 10],
      ])
      expect(await collect(first)).toEqual([
        [1, 10],
        [2, 12],
      ])
      expect(await first.size()).toBe(2)
      expect(await collect(second)).toEqual([[1, 21]])
      await first.delete(1)
      await clear(first, { confirm: true })
      expect([await first.size(), await second.size()]).toEqual([0, 1])
    })

    it('never replaces a row that it hides', async () => {
      const name = await made(
        t =>
          `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, hidden INTEGER, v INTEGER);INSERT INTO ${t} VALUES (1, 1, 5)`,
      )
      const shown = rows(db, name, { key: 'id', value: 'v', where: { hidden: 0 } })
      expect(await shown.get(1)).toBe(undefined)
      await expect(shown.set(1, 6)).rejects.toMatchObject({ code: 'Conflict' })
      await expect(
        shown.setMany([
          [2, 1],
          [1, 6],
        ]),
      ).rejects.toMatchObject({ code: 'Conflict' })
      await shown.delete(1)
      await shown.set(3, 7)
      await shown.set(3, 8)
      expect(await collect(rows(db, name, { key: 'id' }))).toEqual([
        [1, { hidden: 1, v: 5 }],
        [3, { hidden: 0, v: 8 }],
      ])
    })

    it('may ask for NULL', async () => {
      const name = await made(
        t =>
          `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, gone INTEGER, v INTEGER);INSERT INTO ${t} VALUES (1, 1, 5)`,
      )
      const living = rows(db, name, { key: 'id', value: 'v', where: { gone: null } })
      await living.set(2, 6)
      await living.set(2, 7)
      expect(await collect(living)).toEqual([[2, 7]])
    })

    it('of NULL is not what a unique index takes for equal', async () => {
      const name = await made(
        t => `CREATE TABLE ${t} (id INTEGER, gone INTEGER, v INTEGER, UNIQUE (id, gone))`,
      )
      const living = rows(db, name, { key: 'id', value: 'v', where: { gone: null } })
      await living.set(1, 6)
      await living.set(1, 7)
      expect(await collect(living)).toEqual([[1, 7]])
    })

    it('a key of more columns than the index never takes over a row', async () => {
      const name = await made(
        t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, name VARCHAR(20), age INTEGER)`,
      )
      const people = rows(db, name, { key: ['id', 'name'] })
      await people.set([1234, 'bob'], { age: 42 })
      expect(await people.get([1234, 'bob'])).toEqual({ age: 42 })
      expect(await collect(people.keys())).toEqual([[1234, 'bob']])
      await expect(people.set([1234, 'ann'], { age: 1 })).rejects.toMatchObject({ code: 'Conflict' })
      await people.set([1234, 'bob'], { age: 43 })
      expect(await collect(people)).toEqual([[[1234, 'bob'], { age: 43 }]])
    })

    it('another unique index, of a part or an expression, is never taken for the key', async () => {
      const index = { sqlite: '(lower(mail))', postgres: '(lower(mail))', mysql: '(mail(2))' }[db.dialect]
      const name = await made(t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, mail VARCHAR(20), v INTEGER)`)
      await db.query(`CREATE UNIQUE INDEX ${quote(`${name}_x`)} ON ${quote(name)} ${index}`, [])
      const users = rows(db, name, { key: 'id' })
      await users.set(1, { mail: 'ab', v: 1 })
      await expect(users.set(2, { mail: 'AB', v: 2 })).rejects.toMatchObject({ code: 'Conflict' })
      expect(await collect(users)).toEqual([[1, { mail: 'ab', v: 1 }]])
    })

    it('another unique column is never taken for the key', async () => {
      const name = await made(
        t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, mail VARCHAR(20) UNIQUE, v INTEGER)`,
      )
      const users = rows(db, name, { key: 'id' })
      await users.set(1, { mail: 'a', v: 1 })
      await expect(users.set(2, { mail: 'a', v: 2 })).rejects.toMatchObject({ code: 'Conflict' })
      await expect(
        users.setMany([
          [3, { mail: 'c', v: 3 }],
          [2, { mail: 'a', v: 2 }],
        ]),
      ).rejects.toMatchObject({ code: 'Conflict' })
      expect(await collect(users)).toEqual([[1, { mail: 'a', v: 1 }]])
    })
  })

  describe('a key', () => {
    it('is exactly what was given', async () => {
      const name = await made(
        t =>
          `CREATE TABLE ${t} (name VARCHAR(20)${db.dialect === 'sqlite' ? ' COLLATE NOCASE' : ''} PRIMARY KEY, v INTEGER)`,
      )
      const store = rows(db, name, { key: 'name', value: 'v' })
      await store.set('ann', 1)
      for (const other of ['Ann', 'ANN', 'ann ', 'án'])
        expect([other, await store.get(other), await store.has(other)]).toEqual([other, undefined, false])
      await store.set('ANN', 2).catch(error => expect(error).toMatchObject({ code: 'Conflict' }))
      expect(await store.get('ann')).toBe(1)
      await store.delete('aNn')
      expect(await store.get('ann')).toBe(1)
    })

    it('lists all spellings once', async () => {
      const collation = { sqlite: ' COLLATE NOCASE', postgres: '', mysql: ' COLLATE utf8mb4_general_ci' }[
        db.dialect
      ]
      const name = await made(t => `CREATE TABLE ${t} (name VARCHAR(20)${collation}, v INTEGER)`)
      for (const text of ['b', 'B', 'a', 'A', 'a', 'á', 'ab', 'AB'])
        await db.query(`INSERT INTO ${quote(name)} VALUES (${db.dialect === 'postgres' ? '$1' : '?'}, 1)`, [
          text,
        ])
      const all = rows(db, name, { key: 'name', value: 'v', match: 'all', pageSize: 2 })
      expect((await collect(all.keys())).sort()).toEqual(['A', 'AB', 'B', 'a', 'ab', 'b', 'á'])
      expect(await all.size()).toBe(7)
      expect(await all.get('a')).toEqual([1, 1])
    })

    it('of another type, or with a missing part, is refused', async () => {
      const name = await made(
        t => `CREATE TABLE ${t} (a INTEGER, b VARCHAR(10), v INTEGER, PRIMARY KEY (a, b))`,
      )
      const store = rows(db, name, { key: ['a', 'b'], value: 'v' })
      for (const key of [
        [1, null],
        [null, 'x'],
        [undefined, 'x'],
        ['1', 'x'],
        [1.5, 'x'],
        [1, 7],
        [1],
        [1, 'x', 2],
        1,
        null,
        {},
        { a: 1, b: 'x' },
        [1, '\ud800'],
        [1, { $ne: '' }],
      ]) {
        for (const call of [
          () => store.get(key as never),
          () => store.set(key as never, 1),
          () => store.delete(key as never),
          () => store.has(key as never),
        ])
          await expect(call()).rejects.toMatchObject({ code: 'InvalidKey' })
      }
      expect(await store.size()).toBe(0)
    })
  })

  describe('types', () => {
    it('come back as they were', async () => {
      const create = {
        columns: {
          id: 'integer',
          big: 'bigint',
          real: 'number',
          exact: 'decimal',
          name: 'text',
          yes: 'boolean',
          raw: 'bytes',
          at: 'date',
          data: 'json',
        },
      } as const
      const name = table()
      const store = rows(db, name, { key: 'id', create })
      const value = {
        big: 9_223_372_036_854_775_807n,
        real: 0.1,
        exact: '12345678901234567890.123456789',
        name: 'ä🦋 "q"',
        yes: true,
        raw: Uint8Array.of(0, 255, 1),
        at: new Date('2024-02-29T12:34:56.789Z'),
        data: { list: [1, 'two', null, { deep: true }], text: '"' },
      }
      await store.set(1, value)
      const got = (await store.get(1)) as typeof value
      expect({ ...got, exact: got.exact.replace(/0+$/, '') }).toEqual(value)
      const small = { ...value, big: 5n, real: 7, yes: false, raw: new Uint8Array(), data: [] as never }
      await store.set(1, small)
      const again = (await store.get(1)) as typeof value
      expect({ ...again, exact: again.exact.replace(/0+$/, '') }).toEqual(small)
      for (const data of ['text', '42', 42, true, '"q"', [null]]) {
        await store.set(2, { ...value, data: data as never })
        expect(((await store.get(2)) as typeof value).data).toEqual(data)
      }
      const nothing = Object.fromEntries(Object.keys(value).map(column => [column, null]))
      await store.set(3, nothing as never)
      expect(await store.get(3)).toEqual(nothing)
      await store.set(3, {} as never)
      expect(await store.get(3)).toEqual(nothing)
      expect((await columns(db, name)).map(column => [column.name, column.keyPosition])).toEqual(
        Object.keys(create.columns).map(column => [column, column === 'id' ? 1 : 0]),
      )
    })

    it('of 64 bits are never rounded', async () => {
      const name = await made(t => `CREATE TABLE ${t} (id BIGINT PRIMARY KEY, v BIGINT)`)
      const store = rows(db, name, { key: 'id', value: 'v' })
      const numbers = [0, 1, -1, Number.MAX_SAFE_INTEGER, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]
      for (const number of numbers) await store.set(number, number)
      for (const number of numbers) expect(await store.get(number)).toBe(number)
      expect((await collect(store.keys())).map(String)).toEqual(
        [...numbers].sort((a, b) => (a < b ? -1 : 1)).map(String),
      )
    })

    it('that a column cannot hold are refused, and nothing is written', async () => {
      const create = {
        columns: {
          id: 'integer',
          n: 'integer',
          real: 'number',
          name: 'text',
          yes: 'boolean',
          raw: 'bytes',
          at: 'date',
          data: 'json',
        },
      } as const
      const store = rows(db, table(), { key: 'id', create })
      const bad: [string, unknown][] = [
        ['n', '7'],
        ['n', 1.5],
        ['n', 2 ** 53],
        ['n', 2n ** 63n],
        ['n', true],
        ['real', '1'],
        ['real', 1n],
        ['name', 7],
        ['name', '\ud800'],
        ['yes', 1],
        ['yes', 'true'],
        ['raw', 'x'],
        ['raw', [1]],
        ['at', '2024-01-01'],
        ['at', new Date(Number.NaN)],
        ['data', { a: 1n }],
        ['data', new Map()],
        ['data', Number.NaN],
        ['name', Symbol('x')],
      ]
      for (const [column, value] of bad)
        await expect(store.set(1, { [column]: value } as never)).rejects.toMatchObject({
          code: 'InvalidValue',
          message: expect.stringContaining(`"${column}"`),
        })
      for (const value of [null, 7, 'x', [], undefined])
        await expect(store.set(1, value as never)).rejects.toMatchObject({ code: 'InvalidValue' })
      expect(await store.size()).toBe(0)
    })

    it('of other names come as the database writes them, and go back so', async () => {
      const [types, key, value] = {
        sqlite: ['id TEXT PRIMARY KEY, d DATE, n NUMERIC, x', 'k', { d: '2024-02-29', n: 1.5, x: 7 }],
        postgres: [
          'id uuid PRIMARY KEY, d date, t time, a int[], s smallint, r real, i interval, at timestamp, c char(3)',
          '0b0e1a3c-6f0e-4f7e-9f4c-0a4a5d6e7f80',
          {
            d: '2024-02-29',
            t: '12:34:56',
            a: '{1,2}',
            s: -3,
            r: 0.5,
            i: '01:00:00',
            at: new Date('2024-02-29T12:34:56.789Z'),
            c: 'ab',
          },
        ],
        mysql: [
          "id BIGINT UNSIGNED PRIMARY KEY, d DATE, t TIME, s SMALLINT, r FLOAT, at DATETIME(3), ts TIMESTAMP(3) NULL, e ENUM('a', 'b'), m MEDIUMTEXT",
          9_007_199_254_740_993n,
          {
            d: '2024-02-29',
            t: '12:34:56',
            s: -3,
            r: 0.5,
            at: new Date('2024-02-29T12:34:56.789Z'),
            ts: new Date('2024-02-29T12:34:56.789Z'),
            e: 'b',
            m: 'x',
          },
        ],
      }[db.dialect] as [string, unknown, Record<string, unknown>]
      const name = await made(t => `CREATE TABLE ${t} (${types})`)
      const store = rows(db, name, { key: 'id' })
      await store.set(key, value)
      const got = await store.get(key)
      expect(got).toEqual(value)
      await store.set(key, got as Record<string, unknown>)
      expect(await collect(store)).toEqual([[key, value]])
      expect(await store.has(key)).toBe(true)
    })

    it('that only the options tell are read by them', async () => {
      if (db.dialect !== 'sqlite') return
      const name = await made(
        t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, data TEXT, at TEXT, yes INTEGER)`,
      )
      const types = { data: 'json', at: 'date', yes: 'boolean' } as const
      const store = rows(db, name, { key: 'id', types })
      const value = { data: { a: [1] }, at: new Date(0), yes: false }
      await store.set(1, value)
      expect(await store.get(1)).toEqual(value)
      await db.query(`UPDATE ${quote(name)} SET data = ?, at = ?`, ['{', 'never'])
      await expect(store.get(1)).rejects.toMatchObject({
        code: 'Corrupt',
        message: expect.stringContaining('"data"'),
      })
      await expect(rows(db, name, { key: 'id', value: 'at', types }).get(1)).rejects.toMatchObject({
        code: 'Incompatible',
        message: expect.stringMatching(/"at".*"never".*'text'/),
      })
      expect(await rows(db, name, { key: 'id', value: 'at' }).get(1)).toBe('never')
    })

    it('too long for the column are refused, not cut', async () => {
      if (db.dialect === 'sqlite') return // SQLite has no lengths.
      const name = await made(t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v VARCHAR(3), n SMALLINT)`)
      const store = rows(db, name, { key: 'id' })
      await expect(store.set(1, { v: 'abcd', n: 1 })).rejects.toMatchObject({ code: 'InvalidValue' })
      await expect(store.set(1, { v: 'abc', n: 70_000 })).rejects.toMatchObject({ code: 'InvalidValue' })
      expect(await store.get(1)).toBe(undefined)
    })
  })

  describe('a table that is there', () => {
    it('must have the columns that would be made', async () => {
      const name = await made(t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v INTEGER)`)
      for (const create of [
        { sample: { id: 1, w: 1 } },
        { sample: { id: 1, v: new Date() } },
        { columns: { id: 'integer', v: 'bytes' } },
      ] as const)
        await expect(rows(db, name, { key: 'id', create: create as never }).get(1)).rejects.toMatchObject({
          code: 'Incompatible',
        })
      const same = rows(db, name, { key: 'id', create: { sample: { id: 1, v: 1 } } })
      await same.set(1, { v: 2 })
      expect(await same.get(1)).toEqual({ v: 2 })
    })

    it('keeps the columns that are not of the store', async () => {
      const name = await made(
        t =>
          `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER DEFAULT 5);INSERT INTO ${t} VALUES (1, 1, 1)`,
      )
      const store = rows(db, name, { key: 'id', value: 'a' })
      await store.set(1, 2)
      await store.set(2, 3)
      expect(await collect(rows(db, name, { key: 'id' }))).toEqual([
        [1, { a: 2, b: 1 }],
        [2, { a: 3, b: 5 }],
      ])
      await rows(db, name, { key: 'id' }).set(1, { a: 9 })
      expect(await rows(db, name, { key: 'id' }).get(1)).toEqual({ a: 9, b: 5 })
    })

    it('is found by name with its primary key', async () => {
      const name = await made(
        t =>
          `CREATE TABLE ${t} (b INTEGER, a INTEGER, v INTEGER, PRIMARY KEY (a, b));INSERT INTO ${t} VALUES (1, 2, 3)`,
      )
      const store = await tables(db).getOrThrow(name)
      expect(await collect(store)).toEqual([[[2, 1], { v: 3 }]])
      expect(await collect(tables(db).keys())).toContain(name)
      expect(await tables(db).get(table())).toBe(undefined)
      const without = await made(t => `CREATE TABLE ${t} (a INTEGER)`)
      await expect(tables(db).get(without)).rejects.toMatchObject({ code: 'Incompatible' })
    })

    it('is not emptied by one wrong call', async () => {
      const name = await made(
        t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v INTEGER);INSERT INTO ${t} VALUES (1, 2)`,
      )
      await expect(clear(rows(db, name, { key: 'id' }), { confirm: true })).rejects.toMatchObject({
        code: 'Unsupported',
      })
      expect(await rows(db, name, { key: 'id' }).size()).toBe(1)
    })
  })

  it('ifAbsent lets exactly one writer create a row', async () => {
    const store = rows(db, table(), { key: 'id', value: 'v', create: { sample: { id: 1, v: 1 } } })
    await store.size()
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, v) => store.set(1, v, { ifAbsent: true })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'Conflict' })
    expect(guarantees(store)).toMatchObject({ batchAtomic: true, conditions: ['ifAbsent'] })
  })

  it('a batch with one bad row writes none', async () => {
    const name = await made(
      t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v INTEGER NOT NULL CHECK (v < 100))`,
    )
    const store = rows(db, name, { key: 'id', value: 'v' })
    await expect(
      store.setMany([
        [1, 1],
        [2, 200],
        [3, 3],
      ]),
    ).rejects.toMatchObject({ code: 'InvalidValue' })
    expect(await store.size()).toBe(0)
    await transaction(db, async inside => {
      await rows(inside, name, { key: 'id', value: 'v' }).setMany([
        [1, 1],
        [2, 2],
      ])
    })
    expect(await store.size()).toBe(2)
  })
})

describe('options of rows', () => {
  const db = sqlite(':memory:')
  it.each([
    [{}],
    [{ key: 'a', keys: 'b' }],
    [{ key: 'a', match: 'some' }],
    [{ key: 'a', create: {} }],
    [{ key: 'a', create: false }],
    [{ key: 'a', create: { columns: { a: 'int' } } }],
    [{ key: 'a', types: { a: 'varchar' } }],
    [{ key: 'a', value: 'a' }],
    [{ key: 'a', where: { a: 1 } }],
    [{ key: 'a', value: 'b', where: { b: 1 } }],
    [{ key: 'a', pageSize: 0 }],
    [{ key: 'a', where: [] }],
    [{ key: 7 }],
    [null],
  ])('%j is refused', options => {
    expect(() => rows(db, 't', options as never)).toThrow(TypeError)
  })
  it('a database is asked for', () => {
    for (const wrong of [null, 'app.db', {}, { dialect: 'oracle', query() {}, transaction() {} }])
      expect(() => rows(wrong as never, 't', { key: 'a' })).toThrow(TypeError)
  })
})
