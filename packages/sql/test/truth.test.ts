import { bytes, collect, rejection } from '@kvdol/test-support'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, rows, rowType, sqlite } from '../src/index.ts'

interface User {
  id: number
  team: string
  name: string
  age: number
}

let db: Database
beforeEach(() => {
  db = sqlite(':memory:')
})
afterEach(() => db.close())

const COLUMNS = { id: 'integer', team: 'text', name: 'text', age: 'integer' } as const

/** A table with three users of two teams. */
async function usersTable(): Promise<void> {
  const all = rows(db, 'users', { key: 'id', create: { columns: COLUMNS } })
  await all.setMany([
    [1, { team: 'red', name: 'Ann', age: 41 }],
    [2, { team: 'blue', name: 'Bob', age: 37 }],
    [3, { team: 'red', name: 'Eve', age: 29 }],
  ])
}

describe('what the types of rows say happens', () => {
  it('columns that where fixes are in no value, read or written', async () => {
    await usersTable()
    const row = rowType<User>()
    const reds = rows(db, 'users', { key: 'id', row, where: { team: 'red' } })
    expect(await reds.get(1)).toEqual({ name: 'Ann', age: 41 })
    expect(await collect(reds.values())).toEqual([
      { name: 'Ann', age: 41 },
      { name: 'Eve', age: 29 },
    ])
    await reds.set(4, { name: 'Joe', age: 5 })
    const all = rows(db, 'users', { key: 'id', row })
    expect(await all.get(4)).toEqual({ team: 'red', name: 'Joe', age: 5 })
    const withTeam = { team: 'red', name: 'Max', age: 5 } as never
    expect(await rejection(reds.set(5, withTeam))).toMatchObject({ code: 'InvalidValue' })
    expect(await all.has(5)).toBe(false)
  })

  it.each<[string, object]>([
    ['key', { key: 'idd' }],
    ['key', { key: ['id', 'tem'] }],
    ['value', { key: 'id', value: 'agee' }],
    ['where', { key: 'id', where: { tem: 'red' } }],
    ['orderBy', { key: 'team', match: 'first', orderBy: 'agge' }],
    ['types', { key: 'id', types: { agge: 'json' } }],
  ])('a misspelled name in %s is refused by every call: %j', async (_, options) => {
    await usersTable()
    const store = rows(db, 'users', options as never)
    const [name] = /idd|tem\b|agee|agge/.exec(JSON.stringify(options)) as RegExpExecArray
    const refused = { code: 'Incompatible', message: expect.stringContaining(name) }
    expect(await rejection(store.get(1))).toMatchObject(refused)
    expect(await rejection(collect(store.keys()))).toMatchObject(refused)
  })

  it('rows are what the columns of a table that is made say', async () => {
    const columns = { team: 'text', id: 'bigint', at: 'date', raw: 'bytes', done: 'boolean' } as const
    const made = rows(db, 'made', { key: ['team', 'id'], create: { columns } })
    const at = new Date('2026-11-30T12:00:00.000Z')
    await made.set(['red', 5n], { at, raw: Buffer.from('abc'), done: true })
    const { raw, ...others } = await made.getOrThrow(['red', 5n])
    expect(others).toEqual({ at, done: true })
    expect(raw).toEqual(bytes('abc'))
    expect(Object.getPrototypeOf(raw) === Uint8Array.prototype).toBe(true)
    expect(await collect(made.keys())).toEqual([['red', 5n]])
    await made.set(['red', 6n], { at: null, raw: null, done: null })
    expect(await made.get(['red', 6n])).toEqual({ at: null, raw: null, done: null })
  })

  it('values are lists, or not, as match says that is decided later', async () => {
    await usersTable()
    const ages = (match: 'all' | 'unique' | undefined) =>
      rows(db, 'users', { key: 'id', value: 'age', row: rowType<User>(), match })
    expect(await ages('all').get(1)).toEqual([41])
    expect(await ages('unique').get(1)).toBe(41)
    expect(await ages(undefined).get(1)).toBe(41)
  })
})
