import { clear, guarantees, readRange, readStream, rename } from '@kvdol/core'
import { bytes, collect, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { blobs, columns, transaction } from '../src/index.ts'
import { counted } from './support/counted.ts'
import { onEveryDatabase } from './support/databases.ts'

await onEveryDatabase(({ db, table, quote }) => {
  it('declares what it keeps', () => {
    expect(guarantees(blobs(db))).toMatchObject({
      order: 'utf8-bytes',
      batchAtomic: true,
      atomicOverwrite: true,
      conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
      rejects: [],
      maxKeyBytes: 1024,
      durability: db.dialect === 'sqlite' ? 'none' : 'power-loss',
    })
  })

  it('writes ten thousand values in few statements, and reads and deletes them so', async () => {
    const asked: string[] = []
    const store = blobs(
      counted(db, statement => asked.push(statement)),
      { table: table() },
    )
    await store.size()
    asked.length = 0
    const keys = Array.from({ length: 10_000 }, (_, index) => `k${index}`)
    await store.setMany(keys.map(key => [key, bytes(key)] as const))
    if (db.dialect !== 'sqlite') expect(asked.length).toBeLessThan(25)
    expect(await store.size()).toBe(10_000)
    asked.length = 0
    let right = 0
    for await (const [key, value] of store.getMany(keys)) if (text(value) === key) right++
    expect(right).toBe(10_000)
    if (db.dialect !== 'sqlite') expect(asked.length).toBeLessThan(110)
    asked.length = 0
    expect(await collect(store.keys())).toEqual([...keys].sort())
    expect(asked.length).toBeLessThan(13)
    await clear(store, { confirm: true })
    expect(await store.size()).toBe(0)
  })

  it('holds values of 16 MiB and a byte, and reads parts of them', async () => {
    const store = blobs(db, { table: table() })
    const value = new Uint8Array(16 * 1024 * 1024 + 1)
    value.set([1, 2, 3], value.length - 3)
    const outcome = await store.set('big', value).then(
      () => 'stored',
      (error: { code: string }) => error.code,
    )
    // The usual limit of MySQL is 16 MiB for a statement.
    if (outcome === 'TooLarge' && db.dialect === 'mysql')
      return expect(await store.get('big')).toBe(undefined)
    expect(outcome).toBe('stored')
    expect((await store.stat('big'))?.size).toBe(value.length)
    expect(await readRange(store, 'big', { suffix: 4 })).toEqual(Uint8Array.of(0, 1, 2, 3))
    expect(await readRange(store, 'big', { start: value.length - 2, end: value.length + 5 })).toEqual(
      Uint8Array.of(2, 3),
    )
    let length = 0
    for await (const chunk of (await readStream(store, 'big')) ?? []) length += chunk.byteLength
    expect(length).toBe(value.length)
    const stream = (await readStream(store, 'big'))?.getReader()
    await stream?.read()
    await store.set('big', bytes('other'))
    await expect(
      (async () => {
        for (;;) if ((await stream?.read())?.done) return
      })(),
    ).rejects.toMatchObject({ code: 'Unavailable', retryable: true })
  })

  it('moves values under one lock, also over others', async () => {
    const store = blobs(db, { table: table() })
    await store.setMany([
      ['a', bytes('1')],
      ['b', bytes('2')],
    ])
    await rename(store, 'a', 'b')
    expect((await collect(store)).map(([key, value]) => [key, text(value)])).toEqual([['b', '1']])
    await rename(store, 'b', 'b')
    await store.set('c', bytes('3'))
    await expect(rename(store, 'b', 'c', { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
    await expect(rename(store, 'b', 'b', { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
    await expect(rename(store, 'no', 'c')).rejects.toMatchObject({ code: 'NotFound' })
    await store.setMany(
      Array.from({ length: 8 }, (_, index) => [`from${index}`, bytes(String(index))] as const),
    )
    const moves = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => rename(store, `from${index}`, 'to')),
    )
    expect(moves.filter(({ status }) => status === 'fulfilled').length).toBe(8)
    expect(await collect(store.keys())).toEqual(['b', 'c', 'to'])
  })

  it('makes its table once, however many begin at the same moment', async () => {
    const name = table()
    const stores = Array.from({ length: 8 }, () => blobs(db, { table: name }))
    await Promise.all(stores.map((store, index) => store.set(`k${index}`, bytes('x'))))
    expect(await stores[0]?.size()).toBe(8)
  })

  it('never takes a table of another layout for its own', async () => {
    const name = table()
    await db.query(`CREATE TABLE ${quote(name)} (id INTEGER PRIMARY KEY, name VARCHAR(10))`, [])
    for (const call of [
      () => blobs(db, { table: name }).get('a'),
      () => blobs(db, { table: name }).set('a', bytes('x')),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'Incompatible',
        message: expect.stringContaining('id, name'),
      })
    expect((await columns(db, name)).length).toBe(2)
    await expect(blobs(db, { table: table(), create: false }).get('a')).rejects.toMatchObject({
      code: 'Incompatible',
    })
  })

  it('makes no table inside a transaction where that would commit it', async () => {
    const name = table()
    const writing = transaction(db, async inside => {
      await blobs(inside, { table: name }).set('a', bytes('x'))
      throw new Error('undo')
    })
    if (db.dialect === 'mysql') await expect(writing).rejects.toMatchObject({ code: 'Unsupported' })
    else await expect(writing).rejects.toThrow('undo')
    await expect(columns(db, name)).rejects.toMatchObject({ code: 'Incompatible' })
  })

  it('takes a table whose name is longer than the database keeps for a mistake', () => {
    if (db.dialect === 'sqlite') return
    for (const name of ['x'.repeat(65), 'ä'.repeat(db.dialect === 'postgres' ? 32 : 65)])
      expect(() => blobs(db, { table: name })).toThrow(/at most/)
    blobs(db, { table: 'x'.repeat(63) })
  })

  describe('closed', () => {
    it('leaves the database open', async () => {
      const store = blobs(db, { table: table() })
      await store.set('a', bytes('x'))
      await store.close()
      await expect(store.get('a')).rejects.toMatchObject({ code: 'Closed' })
      await db.query('SELECT 1', [])
    })
  })
})
