import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { clear, guarantees } from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { bytes, collect, fastFolder, text } from '@kvdol/test-support'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  blobs,
  columns,
  type Executor,
  rows,
  type SqlValue,
  sqlite,
  tables,
  transaction,
} from '../src/index.ts'
import { counted } from './support/counted.ts'

let folder = ''
let file = ''
beforeEach(() => {
  folder = fastFolder()
  file = path.join(folder, 'store.db')
})

describe('a database file', () => {
  it('is not touched before the first call, and made by it', async () => {
    const db = sqlite(file)
    const store = blobs(db)
    expect(existsSync(file)).toBe(false)
    expect(await store.get('a')).toBe(undefined)
    expect(existsSync(file)).toBe(true)
    await db.close()
    await db.close()
    await expect(store.get('a')).rejects.toMatchObject({ code: 'Closed' })
  })

  it('that is missing is an error where it must exist, and is not made', async () => {
    for (const options of [{ mustExist: true }, { readOnly: true }])
      await expect(blobs(sqlite(file, options)).get('a')).rejects.toMatchObject({
        code: 'Unavailable',
        retryable: false,
      })
    await expect(blobs(sqlite(path.join(folder, 'no', 'store.db'))).get('a')).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: false,
      message: expect.stringContaining('folder'),
    })
    expect(existsSync(file)).toBe(false)
    mkdirSync(file)
    await expect(blobs(sqlite(file)).get('a')).rejects.toMatchObject({
      code: 'Unavailable',
      retryable: false,
    })
  })

  it('that is no database, or is damaged, stays as it is', async () => {
    writeFileSync(file, 'a text that is long enough to be no database at all'.repeat(100))
    const before = readFileSync(file)
    const db = sqlite(file)
    for (const call of [
      () => blobs(db).get('a'),
      () => blobs(db).set('a', bytes('x')),
      () => collect(tables(db).keys()),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'Corrupt' })
    expect(readFileSync(file)).toEqual(before)
    await db.close()
  })

  it('with damaged pages rejects Corrupt', async () => {
    const first = sqlite(file)
    await blobs(first).setMany(
      Array.from({ length: 200 }, (_, index) => [`k${index}`, new Uint8Array(3000).fill(index)]),
    )
    await first.close()
    const content = readFileSync(file)
    content.fill(0xaa, 8192)
    writeFileSync(file, content)
    const db = sqlite(file)
    await expect(collect(blobs(db))).rejects.toMatchObject({ code: 'Corrupt' })
    await db.close()
    expect(statSync(file).size).toBe(content.length)
  })

  it('opened for reading takes no writes', async () => {
    const writer = sqlite(file)
    await blobs(writer).set('a', bytes('x'))
    await writer.close()
    const db = sqlite(file, { readOnly: true })
    expect(text(await blobs(db).get('a'))).toBe('x')
    await expect(blobs(db).set('a', bytes('y'))).rejects.toMatchObject({ code: 'PermissionDenied' })
    await expect(blobs(db, { table: 'other' }).get('a')).rejects.toMatchObject({ code: 'PermissionDenied' })
    expect(await transaction(db, inside => blobs(inside).size())).toBe(1)
    await db.close()
  })

  it('that is full rejects OutOfSpace, and the old value stays', async () => {
    const handle = new Database(file)
    const store = blobs(sqlite(handle))
    await store.set('a', bytes('old'))
    handle.pragma('max_page_count = 20')
    const big = new Uint8Array(200_000)
    await expect(store.set('a', big)).rejects.toMatchObject({ code: 'OutOfSpace', outcome: 'not-applied' })
    await expect(
      store.setMany([
        ['b', bytes('x')],
        ['c', big],
      ]),
    ).rejects.toMatchObject({ code: 'OutOfSpace' })
    await expect(
      transaction(sqlite(handle), async inside => {
        const own = blobs(inside)
        await own.set('b', bytes('x'))
        await own.set('c', big).catch(() => {})
        await own.set('d', bytes('x')).catch(() => {})
      }),
    ).rejects.toMatchObject({ code: 'OutOfSpace' })
    expect(await collect(store.keys())).toEqual(['a'])
    expect(text(await store.get('a'))).toBe('old')
    handle.close()
  })
})

describe('guarantees', () => {
  it('say what the file is opened for', () => {
    const declared = (db: Executor) => {
      const { durability, multiProcess } = guarantees(blobs(db))
      return [durability, multiProcess]
    }
    expect(declared(sqlite(file))).toEqual(['power-loss', true])
    expect(declared(sqlite(file, { sync: 'normal' }))).toEqual(['crash', true])
    expect(declared(sqlite(':memory:'))).toEqual(['none', false])
    const handle = new Database(file)
    expect(declared(sqlite(handle))).toEqual(['power-loss', true])
    handle.pragma('synchronous = OFF')
    expect(declared(sqlite(handle))).toEqual(['none', true])
    handle.close()
    expect(declared(sqlite(new Database(':memory:')))).toEqual(['none', false])
  })

  it('hold in the settings of the file', async () => {
    for (const [sync, level] of [
      ['full', 2],
      ['normal', 1],
    ] as const) {
      const db = sqlite(file, { sync })
      expect((await db.query('PRAGMA synchronous', [])).rows).toEqual([[level]])
      expect((await db.query('PRAGMA journal_mode', [])).rows).toEqual([['wal']])
      await db.close()
    }
  })
})

describe('a handle that was passed in', () => {
  it('stays open and keeps its settings', async () => {
    const handle = new Database(file)
    const db = sqlite(handle)
    await blobs(db).set('a', bytes('x'))
    await db.close()
    expect(handle.pragma('journal_mode', { simple: true })).toBe('delete')
    expect(handle.prepare('SELECT count(*) AS n FROM kvdol').get()).toEqual({ n: 1 })
    handle.close()
  })

  it('can be used by a loop over its rows while the store writes', async () => {
    const db = sqlite(':memory:')
    const store = blobs(db, { pageSize: 2 })
    await store.setMany(Array.from({ length: 7 }, (_, index) => [`k${index}`, bytes('x')]))
    const seen: string[] = []
    for await (const [key] of store) {
      seen.push(key)
      await store.delete(key)
      await store.set(`a${key}`, bytes('behind'))
    }
    expect(seen).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6'])
    await db.close()
  })
})

describe('the table of bytes', () => {
  it('has keys and values as bytes, and nobody can put anything else there', async () => {
    const db = sqlite(':memory:')
    await blobs(db).set("'; DROP TABLE kvdol; --", bytes('"'))
    expect((await columns(db, 'kvdol')).map(({ name, kind }) => [name, kind])).toEqual([
      ['key', 'bytes'],
      ['etag', 'text'],
      ['value', 'bytes'],
    ])
    for (const [key, value] of [
      ['text', bytes('x')],
      [new Uint8Array(), bytes('x')],
      [bytes('k'), 'text'],
      [null, bytes('x')],
    ] as SqlValue[][])
      await expect(
        Promise.resolve().then(() =>
          db.query('INSERT INTO kvdol VALUES (?, ?, ?)', [key as SqlValue, 'e', value as SqlValue]),
        ),
      ).rejects.toMatchObject({ code: 'InvalidValue' })
    await db.close()
  })

  it('with rows of no key shows and reports the others', async () => {
    const db = sqlite(':memory:')
    const foreign: Uint8Array[] = []
    const store = blobs(db, { pageSize: 2, onForeign: ({ key }) => foreign.push(key) })
    await store.setMany(['a', 'b\ufffd', 'c', '\uffff'].map(key => [key, bytes(key)] as const))
    const strange = [[0x61, 0xff], [0x62, 0xff], [0xed, 0xa0, 0x80], [0xff]]
    for (const key of strange)
      await db.query('INSERT INTO kvdol VALUES (?, ?, ?)', [Uint8Array.from(key), 'e', bytes('x')])
    expect(await collect(store.keys())).toEqual(['a', 'b\ufffd', 'c', '\uffff'])
    expect(foreign.map(key => [...key])).toEqual(strange)
    expect((await collect(store)).map(([key, value]) => [key, text(value)])).toEqual(
      ['a', 'b\ufffd', 'c', '\uffff'].map(key => [key, key]),
    )
    await clear(store, { confirm: true })
    expect((await db.query('SELECT count(*) FROM kvdol', [])).rows).toEqual([[4]])
    await db.close()
  })

  it.each([
    'CREATE TABLE kvdol (key BLOB PRIMARY KEY, value BLOB)',
    'CREATE TABLE kvdol (key TEXT PRIMARY KEY, etag TEXT, value BLOB)',
    'CREATE TABLE kvdol (key BLOB, etag TEXT, value BLOB)',
    'CREATE TABLE kvdol (key BLOB PRIMARY KEY, etag TEXT, value BLOB, more TEXT)',
    'CREATE TABLE kvdol (id INTEGER PRIMARY KEY, name TEXT)',
    'CREATE VIEW kvdol AS SELECT 1 AS key, 2 AS etag, 3 AS value',
  ])('is not taken for another: %s', async create => {
    const db = sqlite(':memory:')
    await db.query(create, [])
    for (const call of [
      () => blobs(db).get('a'),
      () => blobs(db).set('a', bytes('x')),
      () => collect(blobs(db).keys()),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'Incompatible' })
    await db.close()
  })

  it('is missed where it may not be made', async () => {
    const db = sqlite(':memory:')
    const store = blobs(db, { create: false })
    for (const call of [
      () => store.get('a'),
      () => store.has('a'),
      () => store.size(),
      () => collect(store.keys()),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'Incompatible' })
    await blobs(db).set('a', bytes('x'))
    expect(text(await store.get('a'))).toBe('x')
    await db.close()
  })

  it('does not stand in a database of UTF-16', async () => {
    const db = sqlite(':memory:')
    await db.query("PRAGMA encoding = 'UTF-16le'", [])
    await expect(blobs(db).set('a', bytes('x'))).rejects.toMatchObject({ code: 'Incompatible' })
    await db.close()
  })

  it('is named as it is asked for', async () => {
    const db = sqlite(':memory:')
    const names = ['kv"; DROP TABLE x;--', 'select', 'a b', 'ä', "o'k", 'x'.repeat(200)]
    for (const table of names) await blobs(db, { table }).set('name', bytes(table))
    for (const table of names) expect(text(await blobs(db, { table }).get('name'))).toBe(table)
    expect((await collect(tables(db).keys())).sort()).toEqual([...names].sort())
    for (const table of ['', 'a\0', '\ud800', 7])
      expect(() => blobs(db, { table: table as string })).toThrow(TypeError)
    await db.close()
  })

  it('lists any prefix as a string literally, in the order of bytes', async () => {
    const db = sqlite(':memory:')
    const store = blobs(db)
    const keys = fc.uniqueArray(
      fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).filter(key => key.isWellFormed()),
        fc.constantFrom(
          '100%',
          '1_0',
          'a\\',
          '\u{10ffff}',
          '\uffff',
          '\0',
          'a\0b',
          '[a]',
          '*',
          '\u007f',
          '߿',
          '￿',
        ),
      ),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(keys, fc.nat(11), fc.nat(3), async (all, which, length) => {
        await clear(store, { confirm: true })
        await store.setMany(all.map(key => [key, bytes('x')] as const))
        const prefix = [...(all[which % Math.max(1, all.length)] ?? '')].slice(0, length).join('')
        const expected = all
          .filter(key => key.startsWith(prefix))
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        expect(await collect(store.keys({ prefix }))).toEqual(expected)
        // The database itself gives no more than these.
        const pages = driverOf(store)?.keyPages?.({ prefix: (prefix || undefined) as never })
        expect((await collect(pages as AsyncIterable<string[]>)).flat()).toEqual(expected)
        const middle = expected[expected.length >> 1]
        if (middle !== undefined)
          expect(await collect(store.keys({ prefix, after: middle }))).toEqual(
            expected.slice((expected.length >> 1) + 1),
          )
      }),
      { numRuns: 200 },
    )
    await db.close()
  })
})

describe('work and memory', () => {
  const plan = async (db: Executor, sql: string, params: SqlValue[]) =>
    (await db.query(`EXPLAIN QUERY PLAN ${sql}`, params)).rows.map(row => row.at(-1)).join('; ')

  it('a prefix is a range of the index that ends where it ends', async () => {
    const db = sqlite(':memory:')
    const store = blobs(db)
    await store.setMany(
      ['a.', 'a/', 'a/1', 'a/\u{10ffff}', 'a0', 'a1'].map(key => [key, bytes('x')] as const),
    )
    const pages = driverOf(store)?.keyPages?.({ prefix: 'a/' as never })
    expect((await collect(pages as AsyncIterable<string[]>)).flat()).toEqual(['a/', 'a/1', 'a/\u{10ffff}'])
    await db.close()
  })

  it.each([1, 7, 8, 9, 16, 100])('a batch of %i values takes few statements and stores each', async count => {
    const db = sqlite(':memory:')
    const store = blobs(db)
    const keys = Array.from({ length: count }, (_, index) => `key-${String(index).padStart(3, '0')}`)
    for (const round of ['a', 'b']) {
      await store.setMany(keys.map(key => [key, bytes(round + key)] as const))
      const entries = (await collect(store.entries())).map(([key, value]) => [
        key,
        Buffer.from(value).toString(),
      ])
      expect(entries).toEqual(keys.map(key => [key, round + key]))
      const tags = await Promise.all(keys.map(async key => (await store.stat(key))?.etag))
      expect(new Set(tags).size).toBe(count)
    }
    await db.close()
  })

  it.each([1, 3, 5])(
    'a listing gives no more than %i keys and entries, whatever a statement gave',
    async limit => {
      const db = sqlite(':memory:')
      const store = blobs(db)
      await store.setMany(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(key => [key, bytes(key)] as const))
      const driver = driverOf(store)
      const keys = await collect(driver?.keyPages?.({ limit }) as AsyncIterable<string[]>)
      const entries = await collect(
        driver?.entryPages?.({ limit, reverse: true }) as AsyncIterable<unknown[]>,
      )
      expect(keys.flat()).toEqual(['a', 'b', 'c', 'd', 'e'].slice(0, limit))
      expect(entries.flat()).toHaveLength(limit)
      await db.close()
    },
  )

  it('listing reads the index alone, and no values', async () => {
    const db = sqlite(':memory:')
    const asked: string[] = []
    const watching = counted(db, sql => asked.push(sql))
    const store = blobs(watching)
    await store.set('a/b', bytes('x'))
    asked.length = 0
    await collect(store.keys({ prefix: 'a/' }))
    await store.size()
    expect(asked).toHaveLength(2)
    expect(await plan(db, asked[0] as string, [bytes('a/'), bytes('a0')])).toMatch(
      /^SEARCH kvdol USING COVERING INDEX/,
    )
    expect(await plan(db, asked[1] as string, [])).toMatch(/USING COVERING INDEX/)
    await db.close()
  })

  it('a long listing stays flat, and begins at once', async () => {
    const db = sqlite(':memory:')
    const store = blobs(db)
    await store.size()
    await db.query(
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) INSERT INTO kvdol SELECT CAST(printf('key/%08d', i) AS BLOB), 'e', x'00' FROM n",
      [],
    )
    global.gc?.()
    const before = process.memoryUsage().heapUsed
    let [count, most] = [0, 0]
    for await (const _ of store.keys()) {
      if (++count % 20_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before)
    }
    expect(count).toBe(1_000_000)
    expect(most).toBeLessThan(48 * 1024 * 1024)
    await db.close()
  })

  it('entries ask for few bytes at a time', async () => {
    const db = sqlite(':memory:')
    const store = blobs(db)
    const big = new Uint8Array(3 * 1024 * 1024)
    await store.setMany([
      ['a', big],
      ['b', big],
      ['c', bytes('x')],
      ['d', bytes('y')],
    ])
    const sizes: number[] = []
    const watching: Executor = {
      ...db,
      async query(sql, params, options) {
        const result = await db.query(sql, params, options)
        sizes.push(
          result.rows
            .flat()
            .reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.byteLength : 0), 0),
        )
        return result
      },
    }
    expect((await collect(blobs(watching))).map(([key, value]) => [key, value.byteLength])).toEqual([
      ['a', big.length],
      ['b', big.length],
      ['c', 1],
      ['d', 1],
    ])
    expect(Math.max(...sizes)).toBeLessThan(5 * 1024 * 1024)
    await db.close()
  })

  it('statements do not pile up', async () => {
    const db = sqlite(':memory:')
    for (let index = 0; index < 1000; index++)
      expect((await db.query(`SELECT ${index}`, [])).rows).toEqual([[index]])
    await db.close()
  })
})

describe('options of sqlite and blobs', () => {
  it.each([[''], ['a\0b'], [null], [undefined], [{}], [7], [{ prepare() {} }]])(
    'the place %j is refused',
    place => {
      expect(() => sqlite(place as string)).toThrow(TypeError)
    },
  )
  it.each([
    [{ driver: 'sqlite3' }],
    [{ sync: 'off' }],
    [{ readonly: true }],
    [{ timeout: 0 }],
    [{ timeout: '5' }],
    [null],
  ])('%j is refused', options => {
    expect(() => sqlite(file, options as never)).toThrow(TypeError)
  })
  it.each([
    [{ name: 'x' }],
    [{ pageSize: 0 }],
    [{ create: 1 }],
    [{ onForeign: true }],
    [{ schema: '' }],
    [null],
  ])('blobs %j is refused', options => {
    expect(() => blobs(sqlite(':memory:'), options as never)).toThrow(TypeError)
  })
  it('that mean nothing for the place are refused', () => {
    const handle = new Database(':memory:')
    for (const options of [
      { sync: 'full' },
      { driver: 'better-sqlite3' },
      { readOnly: true },
      { mustExist: false },
    ] as const)
      expect(() => sqlite(handle, options)).toThrow(TypeError)
    for (const options of [{ readOnly: true }, { mustExist: true }])
      expect(() => sqlite(':memory:', options)).toThrow(TypeError)
    sqlite(handle, { timeout: 10 })
    handle.close()
  })
  it('an attached database is a schema', async () => {
    const db = sqlite(file)
    await db.query('ATTACH ? AS other', [path.join(folder, 'other.db')])
    await blobs(db, { schema: 'other' }).set('a', bytes('x'))
    expect(await blobs(db).get('a')).toBe(undefined)
    expect(await collect(tables(db, { schema: 'other' }).keys())).toEqual(['kvdol'])
    expect(await rows(db, 'kvdol', { key: 'etag', value: 'value', schema: 'other' }).size()).toBe(1)
    await db.close()
  })
})
