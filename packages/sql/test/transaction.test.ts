import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError, textValues } from '@kvdol/core'
import { bytes, collect, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { blobs, type Executor, rows, transaction } from '../src/index.ts'
import { onEveryDatabase } from './support/databases.ts'

await onEveryDatabase(({ db, table, quote }) => {
  const filled = async () => {
    const name = table()
    await blobs(db, { table: name }).set('a', bytes('old'))
    return name
  }
  const values = async (name: string) =>
    Object.fromEntries((await collect(blobs(db, { table: name }))).map(([key, value]) => [key, text(value)]))

  it('commits everything that was written over its database', async () => {
    const name = await filled()
    const result = await transaction(db, async inside => {
      const store = textValues()(blobs(inside, { table: name }))
      await store.set('a', 'new')
      await store.set('b', 'new')
      expect(await store.get('b')).toBe('new')
      return 7
    })
    expect(result).toBe(7)
    expect(await values(name)).toEqual({ a: 'new', b: 'new' })
  })

  it('leaves everything as it was when its work fails', async () => {
    const name = await filled()
    const failure = new Error('no')
    await expect(
      transaction(db, async inside => {
        const store = blobs(inside, { table: name })
        await store.setMany([
          ['a', bytes('new')],
          ['b', bytes('new')],
        ])
        await store.delete('a')
        throw failure
      }),
    ).rejects.toBe(failure)
    await expect(transaction(db, () => Promise.reject(failure))).rejects.toBe(failure)
    await expect(
      transaction(db, () => {
        throw failure
      }),
    ).rejects.toBe(failure)
    expect(await values(name)).toEqual({ a: 'old' })
    await blobs(db, { table: name }).set('a', bytes('later'))
    expect(await values(name)).toEqual({ a: 'later' })
  })

  it('leaves everything as it was when its signal fires, and the database goes on', async () => {
    const name = await filled()
    const controller = new AbortController()
    let inside: Executor | undefined
    const running = transaction(
      db,
      async given => {
        inside = given
        await blobs(given, { table: name }).set('a', bytes('new'))
        controller.abort(new Error('enough'))
        await sleep(5)
        await blobs(given, { table: name }).set('b', bytes('new'))
      },
      { signal: controller.signal },
    )
    await expect(running).rejects.toMatchObject({ code: 'Aborted', cause: { message: 'enough' } })
    expect(await values(name)).toEqual({ a: 'old' })
    await expect(blobs(inside as Executor, { table: name }).get('a')).rejects.toMatchObject({
      code: 'Closed',
    })
    await blobs(db, { table: name }).set('a', bytes('later'))
    expect(await values(name)).toEqual({ a: 'later' })
    await expect(transaction(db, () => 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'Aborted',
    })
  })

  it('is refused by the database that it came from, once it is over', async () => {
    let kept: Executor | undefined
    await transaction(db, inside => {
      kept = inside
    })
    await expect(Promise.resolve().then(() => kept?.query('SELECT 1', []))).rejects.toMatchObject({
      code: 'Closed',
    })
  })

  it('holds savepoints', async () => {
    const name = await filled()
    await transaction(db, async inside => {
      const store = blobs(inside, { table: name })
      await store.set('b', bytes('kept'))
      await transaction(inside, async deeper => {
        await blobs(deeper, { table: name }).set('c', bytes('lost'))
        throw new StoreError('Conflict', 'undo')
      }).catch(() => {})
      const results = await Promise.allSettled([
        transaction(inside, async deeper => {
          await blobs(deeper, { table: name }).set('d', bytes('lost'))
          await sleep(2)
          throw new Error('undo')
        }),
        store.set('e', bytes('kept')),
        store.setMany([
          ['f', bytes('kept')],
          ['g', bytes('kept')],
        ]),
      ])
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    })
    expect(await values(name)).toEqual({ a: 'old', b: 'kept', e: 'kept', f: 'kept', g: 'kept' })
  })

  it('is alone on its connection: what others do meanwhile is not part of it', async () => {
    const name = await filled()
    const outside = blobs(db, { table: name })
    let write: Promise<void> | undefined
    await expect(
      transaction(db, async inside => {
        await blobs(inside, { table: name }).set('b', bytes('lost'))
        setImmediate(() => {})
        throw new Error('undo')
      }).finally(() => {
        write = outside.set('c', bytes('kept'))
      }),
    ).rejects.toThrow('undo')
    await write
    const running = transaction(db, async inside => {
      await blobs(inside, { table: name }).set('d', bytes('lost'))
      await sleep(20)
      throw new Error('undo')
    })
    await Promise.all([outside.set('e', bytes('kept')), expect(running).rejects.toThrow('undo')])
    expect(await values(name)).toEqual({ a: 'old', c: 'kept', e: 'kept' })
  })

  it('moves between tables, all or nothing', async () => {
    const name = table()
    await db.query(
      `CREATE TABLE ${quote(name)} (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0))`,
      [],
    )
    const accounts = rows(db, name, { key: 'id', value: 'balance' })
    await accounts.setMany([
      [1, 10],
      [2, 0],
    ])
    const move = (amount: number) =>
      transaction(db, async inside => {
        const own = rows(inside, name, { key: 'id', value: 'balance' })
        await own.set(2, ((await own.getOrThrow(2)) as number) + amount)
        await own.set(1, ((await own.getOrThrow(1)) as number) - amount)
      })
    await move(7)
    await expect(move(7)).rejects.toMatchObject({ code: 'InvalidValue' })
    expect(await collect(accounts)).toEqual([
      [1, 3],
      [2, 7],
    ])
  })

  it('refuses bad arguments', async () => {
    for (const call of [
      () => transaction(null as never, () => 1),
      () => transaction(db, null as never),
      () => transaction(db, () => 1, { isolation: 'x' } as never),
    ])
      await expect(call()).rejects.toThrow(TypeError)
  })

  it('takes options for the outermost transaction', async () => {
    const name = await filled()
    await transaction(
      db,
      async inside => {
        await blobs(inside, { table: name }).set('a', bytes('new'))
        const deeper = transaction(inside, () => 1, { serializable: true })
        if (db.dialect === 'sqlite') expect(await deeper).toBe(1)
        else await expect(deeper).rejects.toMatchObject({ code: 'Unsupported' })
      },
      { serializable: true },
    )
    expect(await values(name)).toEqual({ a: 'new' })
  })

  if (db.dialect === 'sqlite')
    it('tells when its own work waits for it', async () => {
      const name = await filled()
      await expect(
        transaction(db, async () => {
          await blobs(db, { table: name }).set('a', bytes('new'))
        }),
      ).rejects.toMatchObject({ code: 'InvalidArgument', message: expect.stringContaining('inside it') })
      expect(await values(name)).toEqual({ a: 'old' })
    })

  if (db.dialect === 'postgres')
    it('does not look committed when a statement in it has failed', async () => {
      const name = await filled()
      await expect(
        transaction(db, async inside => {
          await blobs(inside, { table: name }).set('b', bytes('new'))
          await Promise.resolve(inside.query('SELECT 1 / 0', [])).catch(() => {})
        }),
      ).rejects.toMatchObject({ code: 'Unavailable', retryable: false })
      expect(await values(name)).toEqual({ a: 'old' })
    })

  if (db.dialect !== 'sqlite')
    describe('in a deadlock', () => {
      it('is undone, and tells that it can be repeated', async () => {
        const name = await filled()
        await blobs(db, { table: name }).set('b', bytes('old'))
        let meet: () => void = () => {}
        const met = new Promise<void>(resolve => {
          let count = 0
          meet = () => {
            if (++count === 2) resolve()
          }
        })
        const crossing = (first: string, second: string) =>
          transaction(db, async inside => {
            const store = blobs(inside, { table: name })
            await store.set(first, bytes('new'))
            meet()
            await met
            await store.set(second, bytes('new'))
          })
        const results = await Promise.allSettled([crossing('a', 'b'), crossing('b', 'a')])
        expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
        for (const result of results)
          if (result.status === 'rejected')
            expect(result.reason).toMatchObject({ code: 'Unavailable', retryable: true, reason: 'deadlock' })
        expect(await values(name)).toEqual({ a: 'new', b: 'new' })
      })

      it('cannot go on as if nothing had happened', async () => {
        const name = await filled()
        await blobs(db, { table: name }).set('b', bytes('old'))
        let first: () => void = () => {}
        const locked = new Promise<void>(resolve => {
          first = resolve
        })
        const crossing = (from: string, to: string, meet: () => Promise<unknown>) =>
          transaction(db, async inside => {
            const store = blobs(inside, { table: name })
            await store.set(from, bytes('new'))
            await meet()
            await transaction(inside, deeper => blobs(deeper, { table: name }).set(to, bytes('new'))).catch(
              () => {},
            )
            await store.set(`after ${from}`, bytes('new')).catch(() => {})
          })
        const one = crossing('a', 'b', () => {
          first()
          return sleep(30)
        })
        const other = locked.then(() => crossing('b', 'a', () => sleep(30)))
        const results = await Promise.allSettled([one, other])
        expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
        expect(Object.keys(await values(name)).filter(key => key.startsWith('after'))).toHaveLength(1)
      })

      it('batches do not meet', async () => {
        const name = await filled()
        const store = blobs(db, { table: name })
        const keys = Array.from({ length: 40 }, (_, index) => `k${index}`)
        const batch = (order: string[], value: string) =>
          store.setMany(order.map(key => [key, bytes(value)] as const))
        await Promise.all(
          Array.from({ length: 12 }, (_, n) => batch(n % 2 ? keys : keys.toReversed(), String(n))),
        )
        const found = Object.values(await values(name)).filter(value => value !== 'old')
        expect(new Set(found).size).toBe(1)
      })
    })
})
