import { children, mapKeys, pipe, prefix } from '@kvdol/core'
import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { rows, sqlite } from '../src/index.ts'
import { onEveryDatabase } from './support/databases.ts'

const KEYS = [
  'a',
  'a%b',
  'a/1',
  'a/2',
  'a/b/c',
  'aB/1',
  'B',
  'b/1',
  'b/2',
  'é/1',
  'z\u{1f600}',
  '\uffff/1',
  '/x',
  '//',
]

/** What one level has, worked out from all keys. */
function levelOf(keys: readonly string[], prefix: string): string[] {
  const below = keys.filter(key => key.startsWith(prefix))
  const cut = below.map(key => {
    const slash = key.indexOf('/', prefix.length)
    return slash < 0 ? key : key.slice(0, slash + 1)
  })
  return [...new Set(cut)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

await onEveryDatabase(({ db, table, quote }) => {
  const filled = async (keys: readonly string[], pageSize = 1000) => {
    const store = rows(db, table(), { key: 'path', create: { sample: { path: 'a', n: 1 } }, pageSize })
    await store.setMany(keys.map((key, n) => [key, { n }] as const))
    return store
  }

  describe('one level of rows', () => {
    it.each([1, 2, 1000])('is what the keys begin with, %i keys a page', async pageSize => {
      const store = await filled(KEYS, pageSize)
      for (const start of [
        '',
        'a',
        'a/',
        'a/b/',
        'b/',
        '/',
        '//',
        'é/',
        '\uffff',
        'z',
        'nothing/',
        'a\0',
        '%',
      ]) {
        const level = await collect(children(store, start))
        expect(level.map(child => ('prefix' in child ? child.prefix : child.key))).toEqual(
          levelOf(KEYS, start),
        )
        for (const child of level)
          if ('prefix' in child) expect(child.prefix.slice(start.length)).toMatch(/^[^/]*\/$/)
      }
    })

    it('is that of a view, and keys with a prefix are those of the view', async () => {
      const store = pipe(await filled(KEYS, 2), mapKeys(prefix('a/')))
      expect(await collect(children(store))).toEqual([{ key: '1' }, { key: '2' }, { prefix: 'b/' }])
      expect(await collect(store.keys({ prefix: 'b', limit: 5 }))).toEqual(['b/c'])
    })

    it('is of keys that several rows have, within the rows of the store', async () => {
      const name = table()
      await db.query(
        `CREATE TABLE ${quote(name)} (path ${db.dialect === 'mysql' ? 'VARCHAR(50)' : 'TEXT'}, owner INTEGER, n INTEGER)`,
        [],
      )
      for (const [path, owner] of [
        ['a/1', 1],
        ['a/1', 1],
        ['a/2', 1],
        ['b', 1],
        ['c/1', 2],
      ] as const)
        await db.query(`INSERT INTO ${quote(name)} VALUES ('${path}', ${owner}, 1)`, [])
      const store = rows(db, name, { key: 'path', match: 'all', where: { owner: 1 } })
      expect(await collect(children(store as never))).toEqual([{ prefix: 'a/' }, { key: 'b' }])
    })

    it('is refused for keys that are no text, before the database is asked', async () => {
      const pairs = rows(db, 'no such table', { key: ['team', 'nr'] })
      await expect(collect(children(pairs as never))).rejects.toMatchObject({
        code: 'Unsupported',
        message: expect.stringContaining('one column of text'),
      })
      const numbers = rows(db, table(), { key: 'id', create: { sample: { id: 1, n: 1 } } })
      await expect(collect(children(numbers as never))).rejects.toMatchObject({
        code: 'Unsupported',
        message: expect.stringContaining('types: { "id": \'text\' }'),
      })
    })
  })

  it('keys with a text as prefix are found by the database', async () => {
    const store = await filled(KEYS, 1000)
    expect((await collect(store.keys({ prefix: 'a/' }))).sort()).toEqual(['a/1', 'a/2', 'a/b/c'])
    expect(await collect(store.keys({ prefix: 'a%' }))).toEqual(['a%b'])
    expect(await collect(store.keys({ prefix: 'a/', limit: 2 }))).toHaveLength(2)
  })
})

describe('SQLite', () => {
  it('reads few keys for one level of many', async () => {
    const db = sqlite(':memory:')
    const read: number[] = []
    const counting = {
      ...db,
      query: (...args: Parameters<typeof db.query>) => {
        const result = db.query(...args) as unknown as { rows: unknown[] }
        if (/AS child/.test(args[0])) read.push(result.rows.length)
        return result as never
      },
    }
    const store = rows(counting, 'files', { key: 'path', create: { sample: { path: 'a', n: 1 } } })
    await store.setMany(Array.from({ length: 4000 }, (_, n) => [`${n % 4}/${n}`, { n }] as const))
    expect(await collect(children(store))).toHaveLength(4)
    expect(read.reduce((sum, count) => sum + count)).toBeLessThan(10)
    await db.close()
  })

  it('keeps texts of UTF-16 in another order, so they have no levels', async () => {
    const db = sqlite(':memory:')
    await db.query("PRAGMA encoding = 'UTF-16le'", [])
    const store = rows(db, 'files', { key: 'path', create: { sample: { path: 'a', n: 1 } } })
    await store.setMany(KEYS.map((key, n) => [key, { n }] as const))
    expect((await collect(store.keys({ prefix: 'a' }))).sort()).toEqual(
      KEYS.filter(key => key.startsWith('a')).sort(),
    )
    await expect(collect(children(store))).rejects.toMatchObject({ code: 'Unsupported' })
    await db.close()
  })
})
