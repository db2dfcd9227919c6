import { rmSync } from 'node:fs'
import path from 'node:path'
import { bytes, fastFolder } from '@kvdol/test-support'
import Better from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { errorOf } from '../src/dialects/sqlite/errors.ts'
import { blobs, rows, sqlite, transaction } from '../src/index.ts'

let file = ''
beforeEach(() => {
  file = path.join(fastFolder(), 'store.db')
})

/** How often the file has been committed, as its write-ahead log tells. */
function commitsOf(other: Better.Database): number {
  return other.pragma('data_version', { simple: true }) as number
}

describe('writes of one moment', () => {
  it('share a commit, and each has its own answer', async () => {
    await using db = sqlite(file)
    const name = 'users'
    const store = rows(db, name, { key: 'id', value: 'v', create: { columns: { id: 'integer', v: 'text' } } })
    await store.set(1, 'a')
    const other = new Better(file)
    const before = commitsOf(other)
    const answers = await Promise.allSettled([
      ...Array.from({ length: 300 }, (_, index) => store.set(100 + index, 'x')),
      store.set(1, 'b', { ifAbsent: true }),
      store.set(2, 'c'),
    ])
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBe(301)
    expect(answers[300]).toMatchObject({ status: 'rejected', reason: { code: 'Conflict', key: 1 } })
    // Each commit that another connection sees counts one.
    expect(commitsOf(other) - before).toBeLessThan(5)
    expect(other.prepare('SELECT count(*) FROM users').pluck().get()).toBe(302)
    other.close()
  })

  it('are made one by one where the commit of all fails', async () => {
    await using db = sqlite(file)
    for (const text of [
      'PRAGMA foreign_keys = ON',
      'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
      'INSERT INTO parent VALUES (1)',
      'CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)',
    ])
      await db.query(text, [])
    const store = rows(db, 'child', { key: 'id', value: 'p' })
    await store.size()
    const answers = await Promise.allSettled([store.set(1, 1), store.set(2, 99), store.set(3, 1)])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(answers[1]).toMatchObject({ reason: { code: 'InvalidValue', reason: 'foreign-key', key: 2 } })
    expect((await db.query('SELECT id FROM child', [])).rows).toEqual([[1], [3]])
  })

  it('are made one by one where one of them undoes all', async () => {
    await using db = sqlite(file)
    await db.query('CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)', [])
    await db.query(
      "CREATE TRIGGER undo BEFORE INSERT ON t WHEN new.v < 0 BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
      [],
    )
    const store = rows(db, 't', { key: 'id', value: 'v' })
    await store.size()
    const answers = await Promise.allSettled([store.set(1, 1), store.set(2, -1), store.set(3, 1)])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await db.query('SELECT id FROM t', [])).rows).toEqual([[1], [3]])
  })

  it('keep the bytes that were given', async () => {
    await using db = sqlite(file)
    const store = blobs(db)
    await store.set('0', new Uint8Array(1))
    const value = new Uint8Array(1)
    const calls = [1, 2, 3].map(number => {
      value[0] = number
      return store.set(String(number), value)
    })
    expect(await Promise.all(calls)).toEqual([undefined, undefined, undefined])
    for (const number of [1, 2, 3]) expect(await store.get(String(number))).toEqual(Uint8Array.of(number))
  })

  it('are seen by the reads that follow, and are there after closing', async () => {
    const db = sqlite(file)
    const store = blobs(db)
    await store.set('a', bytes('1'))
    const write = store.set('a', bytes('2'))
    const read = store.get('a')
    const last = store.set('b', bytes('3'))
    const closed = db.close()
    expect(await read).toEqual(bytes('2'))
    await Promise.all([write, last, closed])
    const again = new Better(file, { readonly: true })
    expect(again.prepare('SELECT count(*) FROM kvdol').pluck().get()).toBe(2)
    again.close()
  })
})

describe('a transaction that the database has undone by itself', () => {
  it('takes no more writes', async () => {
    await using db = sqlite(file)
    await db.query('CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)', [])
    await db.query(
      "CREATE TRIGGER undo BEFORE INSERT ON t WHEN new.v < 0 BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
      [],
    )
    const call = transaction(db, async inside => {
      const store = rows(inside, 't', { key: 'id', value: 'v' })
      await store.set(1, 1)
      await store.set(2, -1).catch(() => {})
      await store.set(3, 1)
    })
    await expect(call).rejects.toMatchObject({ name: 'StoreError' })
    expect((await db.query('SELECT count(*) FROM t', [])).rows).toEqual([[0]])
  })
})

describe('while another connection holds the lock', () => {
  it.each(['full', 'normal'] as const)('one write tries, and the process goes on (%s)', async sync => {
    await using db = sqlite(file, { sync })
    const store = blobs(db)
    await store.set('a', bytes('1'))
    const other = new Better(file)
    other.exec('BEGIN IMMEDIATE')
    let turns = 0
    const ticking = setInterval(() => turns++, 1)
    const writes = Promise.all(Array.from({ length: 100 }, (_, index) => store.set(`k${index}`, bytes('x'))))
    const read = await store.get('a')
    expect(read).toEqual(bytes('1'))
    while (turns < 30) await new Promise(resolve => setTimeout(resolve, 5))
    other.exec('COMMIT')
    await writes
    clearInterval(ticking)
    expect(await store.size()).toBe(101)
    other.close()
  })

  it('all that wait are told when it takes too long', async () => {
    await using db = sqlite(file, { timeout: 50 })
    const store = blobs(db)
    await store.set('a', bytes('1'))
    const other = new Better(file)
    other.exec('BEGIN IMMEDIATE')
    const answers = await Promise.allSettled([1, 2, 3].map(key => store.set(String(key), bytes('x'))))
    for (const answer of answers)
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { code: 'Unavailable', outcome: 'not-applied' },
      })
    other.exec('COMMIT')
    other.close()
    await store.set('b', bytes('x'))
    expect(await store.size()).toBe(2)
  })
})

describe('a database file', () => {
  it.each(['SQLITE_READONLY_DIRECTORY', 'SQLITE_READONLY_CANTINIT'])(
    'in WAL mode where nothing can be written says so (%s)',
    code => {
      const error = Object.assign(new Error('attempt to write a readonly database'), { code })
      expect(errorOf(error, { op: 'get', writes: false })).toMatchObject({
        code: 'PermissionDenied',
        message: expect.stringContaining('PRAGMA journal_mode = DELETE'),
      })
    },
  )

  it.each(['full', 'normal'] as const)(
    'that is removed while it is open is missed by the next write (%s)',
    async sync => {
      await using db = sqlite(file, { sync })
      const store = blobs(db)
      await store.set('a', bytes('1'))
      for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
      const gone = {
        code: 'Unavailable',
        retryable: false,
        message: expect.stringContaining('moved or removed'),
      }
      await expect(store.set('b', bytes('2'))).rejects.toMatchObject(gone)
      await expect(store.setMany([['b', bytes('2')]])).rejects.toMatchObject(gone)
      await expect(store.delete('a')).rejects.toMatchObject(gone)
    },
  )
})
