import { conformance } from '@kvdol/conformance'
import { guarantees, isStoreError } from '@kvdol/core'
import { bytes, collect } from '@kvdol/test-support'
import BetterSqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { blobs, type Executor, rows, transaction } from '../src/index.ts'

/** An executor of somebody else: it answers by promise, throws native errors and has no savepoints. */
function ownExecutor(handle: BetterSqlite.Database): Executor {
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => T | Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }
  const run: Executor['query'] = (text, params) => {
    const statement = handle.prepare(text)
    if (!statement.reader) return { rows: [], affected: statement.run(...params).changes }
    const found = statement.raw(true).all(...params) as unknown[][]
    return { rows: found, affected: found.length }
  }
  return {
    dialect: 'sqlite',
    durability: 'none',
    multiProcess: false,
    query: (text, params) => inTurn(() => run(text, params)),
    transaction: work =>
      inTurn(async () => {
        handle.exec('BEGIN')
        try {
          const result = await work({
            dialect: 'sqlite',
            inTransaction: true,
            query: run,
            transaction: () => Promise.reject(new Error('there are no savepoints here')),
          })
          handle.exec('COMMIT')
          return result
        } catch (error) {
          handle.exec('ROLLBACK')
          throw error
        }
      }),
  }
}

describe('an executor of your own', () => {
  for (const { name, run } of conformance({
    name: 'own executor',
    open: () => blobs(ownExecutor(new BetterSqlite(':memory:'))),
    guarantees: { durability: 'none', multiProcess: false, batchAtomic: true },
  }))
    it(name, run)

  it('has its native errors looked up', async () => {
    const handle = new BetterSqlite(':memory:')
    const db = ownExecutor(handle)
    await db.query('CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER NOT NULL)', [])
    const store = rows(db, 't', { key: 'id', value: 'v' })
    await expect(store.set(1, null)).rejects.toMatchObject({ code: 'InvalidValue' })
    await store.setMany([
      [1, 2],
      [3, 4],
    ])
    expect(await collect(store)).toEqual([
      [1, 2],
      [3, 4],
    ])
    await expect(
      transaction(db, async inside => {
        await blobs(inside, { table: 'other' }).set('a', bytes('x'))
      }),
    ).rejects.toSatisfy(isStoreError)
    handle.exec('DROP TABLE t')
    await expect(store.get(1)).rejects.toMatchObject({ code: 'Incompatible' })
    handle.close()
    await expect(store.get(1)).rejects.toSatisfy(isStoreError)
    expect(guarantees(store)).toMatchObject({ durability: 'none' })
  })
})
