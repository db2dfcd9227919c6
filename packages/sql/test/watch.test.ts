import { batch, type Watched, watch } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, openLink } from '@kvdol/test-support'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { blobs, type Database, mysql, postgres, rows, sqlite } from '../src/index.ts'
import { randomName } from './support/server-subject.ts'

describe('where nothing tells of changes', () => {
  it('watch is refused, and so is the option', async () => {
    const db = sqlite(':memory:')
    await expect(watch(blobs(db))[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'Unsupported',
    })
    const users = rows(db, 't', { key: 'id', create: { sample: { id: 1, n: 1 } } })
    await expect(watch(users)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'Unsupported' })
    expect(() => blobs(db, { notify: true })).toThrow('notify means nothing for sqlite')
    expect(() => blobs(mysql('mysql://nobody@127.0.0.1/x'), { notify: true })).toThrow(TypeError)
    await db.close()
  })
})

await withService('postgres', url => {
  const db = postgres(url)
  const tables: string[] = []
  afterEach(() => vi.useRealTimers())
  afterAll(async () => {
    for (const table of tables) await db.query(`DROP TABLE IF EXISTS "${table}"`, [])
    await db.close()
  })
  const newTable = () => {
    const table = randomName()
    tables.push(table)
    return table
  }
  const telling = async (over: Database = db) => {
    const table = newTable()
    const store = blobs(over, { table, notify: true })
    await store.size()
    return { table, store }
  }
  /** A watch that has begun, and what it tells next. */
  const begun = async (store: ReturnType<typeof blobs>, options = {}) => {
    const changes = watch(store, options)[Symbol.asyncIterator]()
    expect(await changes.next()).toMatchObject({ value: { missed: true } })
    return changes
  }
  /** Waits until all of these are told; gives what else was told before. */
  const next = async (changes: AsyncIterator<Watched<string>>, ...keys: string[]) => {
    const waiting = new Set(keys)
    const others = new Set<string | undefined>()
    while (waiting.size > 0) {
      const { value } = await changes.next()
      if (!waiting.delete(value?.key as string)) others.add(value?.key)
    }
    return [...others]
  }
  const onlyIntervals = () => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })

  describe('watch on PostgreSQL', () => {
    it('tells of what another store, another pool and other programs write', async () => {
      const { table, store } = await telling()
      const changes = await begun(store)
      await using other = postgres(url)
      const theirs = blobs(other, { table })
      await theirs.set('a\0/é', bytes('1'))
      await next(changes, 'a\0/é')
      await theirs.setMany([
        ['b', bytes('1')],
        ['c', bytes('1')],
      ])
      await batch(theirs, [{ delete: 'b' }, { set: 'd', value: bytes('1') }])
      await next(changes, 'b', 'c', 'd')
      const pool = new pg.Pool({ connectionString: url })
      await pool.query(`INSERT INTO "${table}" VALUES ('raw', 'x', 'y'), ('\\xff', 'x', 'y')`)
      await next(changes, 'raw')
      await pool.query(`UPDATE "${table}" SET key = 'moved' WHERE key = 'raw'`)
      await next(changes, 'moved', 'raw')
      await pool.query('SET session_replication_role = replica')
      await pool.query(`DELETE FROM "${table}" WHERE key = 'moved'`)
      await next(changes, 'moved')
      await pool.query(`TRUNCATE "${table}"`)
      expect(await changes.next()).toMatchObject({ value: { missed: true } })
      await pool.end()
      const long = 'k'.repeat(1024)
      await store.set(long, bytes('1'))
      await next(changes, long)
      await changes.return?.()
    })

    it('tells nothing of a transaction that is undone', async () => {
      const { table, store } = await telling()
      const changes = await begun(store)
      const undone = db.transaction(async inside => {
        await blobs(inside, { table }).set('undone', bytes('1'))
        throw new Error('undo')
      })
      await expect(undone).rejects.toThrow('undo')
      await store.set('done', bytes('1'))
      expect(await next(changes, 'done')).toEqual([])
      await changes.return?.()
    })

    it('needs a trigger, which any store with notify: true makes, once', async () => {
      const table = newTable()
      const plain = blobs(db, { table })
      await expect(watch(plain)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'Unsupported',
        message: expect.stringContaining('notify: true'),
      })
      const pools = [1, 2, 3, 4].map(() => postgres(url))
      await Promise.all(pools.map(pool => blobs(pool, { table, notify: true }).set('a', bytes('1'))))
      // Other tables of the schema share the function.
      const others = pools.flatMap(pool =>
        [1, 2, 3].map(() => blobs(pool, { table: newTable(), notify: true })),
      )
      await Promise.all(others.map(store => store.size()))
      await Promise.all(pools.map(pool => pool.close()))
      const changes = await begun(plain)
      await plain.set('b', bytes('1'))
      await next(changes, 'b')
      await changes.return?.()
      // A trigger that is there is not made again, which would lock the table.
      const statements: string[] = []
      const counting: Database = {
        ...db,
        query(text, params, options) {
          statements.push(text)
          return db.query(text, params, options)
        },
        transaction: () => {
          throw new Error('nothing is made')
        },
      }
      await blobs(counting, { table, notify: true }).get('a')
      expect(statements.some(text => /CREATE/.test(text))).toBe(false)
    })

    it('goes on over a new connection, with a note that something may have been missed', async () => {
      const { table, store } = await telling()
      const changes = await begun(store)
      const [row] = (await db.query(`SELECT 'kvdol_' || '"${table}"'::regclass::oid`, [])).rows
      await db.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN "${row?.[0]}"'`,
        [],
      )
      expect(await changes.next()).toMatchObject({ value: { missed: true } })
      await store.set('after', bytes('1'))
      await next(changes, 'after')
      await changes.return?.()
    })

    it('rejects when the server stays away, also where the connection hangs', async () => {
      const { table } = await telling()
      for (const way of ['down', 'hang'] as const) {
        await using proxy = await openLink(Number(new URL(url).port))
        const address = new URL(url)
        address.hostname = '127.0.0.1'
        address.port = String(proxy.port)
        const far = postgres(String(address), { timeout: 300 })
        onlyIntervals()
        const changes = await begun(blobs(far, { table }))
        const waits = expect(changes.next()).rejects.toMatchObject({
          code: way === 'down' ? 'Unavailable' : 'Timeout',
        })
        await proxy[way]()
        if (way === 'hang') await vi.advanceTimersByTimeAsync(10_000)
        await waits
        vi.useRealTimers()
        await proxy.down()
        await far.close()
      }
    })

    it('rejects when the table or its trigger is gone', async () => {
      for (const change of ['DROP TABLE', 'ALTER TABLE', 'RENAME'] as const) {
        onlyIntervals()
        const { table, store } = await telling()
        const changes = await begun(store)
        const waits = expect(changes.next()).rejects.toMatchObject({ code: 'Unavailable' })
        if (change === 'RENAME') {
          await db.query(`ALTER TABLE "${table}" RENAME TO "${newTable()}"`, [])
          await blobs(db, { table, notify: true }).size()
        } else
          await db.query(`${change} "${table}"${change === 'ALTER TABLE' ? ' DISABLE TRIGGER ALL' : ''}`, [])
        await vi.advanceTimersByTimeAsync(10_000)
        await waits
        vi.useRealTimers()
      }
    })

    it('takes a connection of a pool that was passed in, and gives back none that listens', async () => {
      const { table } = await telling()
      const pool = new pg.Pool({ connectionString: url, max: 2 })
      const store = blobs(postgres(pool), { table })
      const changes = await begun(store, { prefix: 'a/' })
      await store.set('b', bytes('1'))
      await store.set('a/1', bytes('1'))
      expect(await next(changes, 'a/1')).toEqual([])
      expect(pool.totalCount).toBe(2)
      await changes.return?.()
      expect(pool.totalCount).toBe(1)
      const { rows: channels } = await pool.query('SELECT pg_listening_channels()')
      expect(channels).toEqual([])
      await pool.end()
    })
  })
})
