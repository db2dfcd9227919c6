import { inspect } from 'node:util'
import { clear, isStoreError, type StoreError } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, collect, type Link, openLink, text } from '@kvdol/test-support'
import { createPool } from 'mysql2/promise'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { blobs, type Database, mysql, postgres, transaction } from '../src/index.ts'
import { randomName } from './support/server-subject.ts'

for (const [service, open] of [
  ['postgres', postgres],
  ['mariadb', mysql],
  ['mysql', mysql],
] as const)
  await withService(service, url => {
    describe(`a connection to ${service}`, () => {
      const table = randomName()
      let proxy: Link
      let direct: Database
      let db: Database
      const through = () => {
        const address = new URL(url)
        address.hostname = '127.0.0.1'
        address.port = String(proxy.port)
        return String(address)
      }
      beforeAll(async () => {
        proxy = await openLink(Number(new URL(url).port))
        direct = open(url)
        db = open(through())
        await blobs(direct, { table }).set('a', bytes('old'))
      })
      afterEach(async () => {
        proxy.heal()
        // The pool is not poisoned: all of its connections work.
        const store = blobs(db, { table })
        await Promise.all(Array.from({ length: 12 }, () => store.set('a', bytes('old'))))
        await clear(store, { confirm: true })
        await store.set('a', bytes('old'))
      })
      afterAll(async () => {
        await db.close()
        await vi.waitFor(() => expect(proxy.connections()).toBe(0))
        await direct.query(`DROP TABLE ${table}`, [])
        await direct.close()
        await proxy.down()
      })
      const stored = async (key: string) => text(await blobs(direct, { table }).get(key))
      const failure = async (call: () => Promise<unknown>): Promise<StoreError> => {
        const error = await call().then(
          () => undefined,
          (error: unknown) => error,
        )
        expect(isStoreError(error)).toBe(true)
        return error as StoreError
      }
      /** What a message to the server contains that writes the key `a`. */
      const write = 'from-the-test'

      it('that is lost before a write arrives, or after, leaves it unknown', async () => {
        const store = blobs(db, { table })
        await store.get('a')
        proxy.cutBefore(write)
        const before = await failure(() => store.set('a', bytes(write)))
        expect(before).toMatchObject({ code: 'Unavailable', retryable: true, outcome: 'unknown' })
        proxy.heal()
        expect(await stored('a')).toBe('old')
        proxy.cutAfter(write)
        const after = await failure(() => store.set('a', bytes(write)))
        expect(after).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
        proxy.heal()
        expect(await stored('a')).toBe(write)
      })

      it('that is lost while a conditional write is under way never reports a conflict with itself', async () => {
        const store = blobs(db, { table })
        const etag = (await store.stat('a'))?.etag as string
        proxy.cutAfter(write)
        for (const [key, options] of [
          ['a', { ifMatch: etag }],
          ['new', { ifAbsent: true }],
        ] as const)
          expect(await failure(() => store.set(key, bytes(write), options))).toMatchObject({
            code: 'Unavailable',
            outcome: 'unknown',
          })
      })

      it('that is lost in a transaction undoes it', async () => {
        const work = async (inside: Parameters<Parameters<typeof transaction>[1]>[0]) => {
          const store = blobs(inside, { table })
          await store.set('b', bytes('first'))
          await store.set('a', bytes(write))
        }
        await blobs(db, { table }).get('a')
        for (const cut of ['cutBefore', 'cutAfter'] as const) {
          proxy[cut](write)
          expect(await failure(() => transaction(db, work))).toMatchObject({
            code: 'Unavailable',
            outcome: 'not-applied',
          })
          proxy.heal()
          expect([await stored('a'), await stored('b')]).toEqual(['old', undefined])
        }
      })

      it('that is lost at the commit leaves it unknown, and all or nothing', async () => {
        const store = blobs(db, { table })
        const entries = Array.from({ length: 1500 }, (_, index) => [`k${index}`, bytes('x')] as const)
        await store.get('a')
        proxy.cutBefore('COMMIT')
        expect(await failure(() => store.setMany(entries))).toMatchObject({
          code: 'Unavailable',
          outcome: 'unknown',
        })
        proxy.heal()
        expect(await blobs(direct, { table }).size()).toBe(1)
        proxy.cutAfter('COMMIT')
        expect(await failure(() => store.setMany(entries))).toMatchObject({
          code: 'Unavailable',
          outcome: 'unknown',
        })
        proxy.heal()
        expect(await blobs(direct, { table }).size()).toBe(1501)
      })

      it('that is lost while nothing is under way hurts nobody', async () => {
        await transaction(db, async () => {
          proxy.cutBefore('')
          await new Promise(resolve => setTimeout(resolve, 5))
        }).catch(() => {})
        await blobs(db, { table })
          .get('a')
          .catch(() => {})
        proxy.heal()
        expect(text(await blobs(db, { table }).get('a'))).toBe('old')
      })

      it('that hangs rejects Timeout, or at once when the call is aborted', async () => {
        const hasty = open(through(), { timeout: 1500 })
        const store = blobs(hasty, { table })
        await store.get('a')
        proxy.hang()
        expect(await failure(() => store.get('a'))).toMatchObject({ code: 'Timeout', retryable: true })
        expect(await failure(() => store.set('a', bytes(write)))).toMatchObject({ code: 'Timeout' })
        expect(await failure(() => collect(store.keys()))).toMatchObject({ code: 'Timeout' })
        const controller = new AbortController()
        const aborted = failure(() => store.get('a', { signal: controller.signal }))
        controller.abort()
        expect(await aborted).toMatchObject({ code: 'Aborted' })
        await hasty.close()
      })

      it('that is not there rejects Unavailable', async () => {
        const gone = await openLink(1)
        await gone.down()
        const address = new URL(url)
        address.port = String(gone.port)
        const down = open(String(address))
        expect(await failure(() => blobs(down).set('a', bytes('x')))).toMatchObject({
          code: 'Unavailable',
          retryable: true,
          outcome: 'not-applied',
        })
        await down.close()
      })

      it('with a wrong password, or to no database, tells so and never tells the password', async () => {
        const wrong = new URL(url)
        wrong.password = 'canary/geheim'
        wrong.username ||= 'root'
        const missing = new URL(url)
        missing.pathname = '/no_such_database'
        for (const [address, code] of [
          [wrong, 'Unauthenticated'],
          [missing, 'Incompatible'],
        ] as const) {
          const other = open(String(address))
          const error = await failure(() => blobs(other).get('a'))
          // A server that trusts everybody cannot be asked.
          if (code === 'Incompatible' || error.code !== 'Incompatible') expect(error.code).toBe(code)
          for (const said of [
            inspect(error, { depth: 9 }),
            JSON.stringify(error),
            error.stack,
            inspect(other, { depth: 9 }),
          ])
            for (const secret of [
              'canary',
              wrong.password,
              decodeURIComponent(new URL(url).password) || 'canary',
            ])
              expect(said).not.toContain(secret)
          await other.close()
        }
      })

      if (service === 'mysql')
        it('is encrypted where the server has TLS and the address asks for it', async () => {
          const address = new URL(url)
          address.searchParams.set('ssl', '{"rejectUnauthorized":false}')
          const secure = open(String(address))
          const { rows } = await secure.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'", [])
          expect(rows[0]?.[1]).not.toBe('')
          await secure.close()
        })
      // These servers of the tests have no certificate.
      else
        it('that asks for TLS of a server without it says so, and is not tried again', async () => {
          const address = new URL(url)
          if (service === 'postgres') address.searchParams.set('sslmode', 'verify-full')
          else address.searchParams.set('ssl', '{"rejectUnauthorized":false}')
          const secure = open(String(address))
          expect(await failure(() => blobs(secure, { table }).set('a', bytes('x')))).toMatchObject({
            code: 'Unavailable',
            retryable: false,
            outcome: 'not-applied',
            message: expect.stringContaining('TLS'),
          })
          await secure.close()
        })

      it('refuses addresses and options that make no sense, without telling them', () => {
        for (const address of ['', 'localhost', 'http://user:canary@host/', 'sqlite:x', null, 7, {}]) {
          expect(() => open(address as never)).toThrow(TypeError)
          try {
            open(address as never)
          } catch (error) {
            expect(String(error)).not.toContain('canary')
          }
        }
        for (const options of [{ timeout: 0 }, { connections: 0 }, { pool: 5 }, null])
          expect(() => open(url, options as never)).toThrow(TypeError)
      })

      it('after close is refused', async () => {
        const other = open(url)
        const store = blobs(other, { table })
        await store.get('a')
        const reading = store.get('a')
        await Promise.all([other.close(), other.close()])
        expect(text(await reading)).toBe('old')
        expect(await failure(() => store.get('a'))).toMatchObject({ code: 'Closed' })
        expect(await failure(() => transaction(other, () => 1))).toMatchObject({ code: 'Closed' })
        await open(url).close()
      })

      it('comes from a pool that was passed in, which stays open', async () => {
        const pool = service === 'postgres' ? new pg.Pool({ connectionString: url }) : createPool(url)
        const other = service === 'postgres' ? postgres(pool as pg.Pool) : mysql(pool as never)
        expect(text(await blobs(other, { table }).get('a'))).toBe('old')
        await other.close()
        await (pool as pg.Pool).query('SELECT 1')
        await pool.end()
        expect(() => (open as typeof postgres)(pool as never, { connections: 3 })).toThrow(TypeError)
      })
    })
  })

await withService('postgres', url => {
  it('statements of postgres need not be kept prepared', async () => {
    const db = postgres(url, { prepare: false })
    const table = randomName()
    await blobs(db, { table }).set('a', bytes('x'))
    expect(text(await blobs(db, { table }).get('a'))).toBe('x')
    const { rows } = await db.query(
      "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'kvdol%'",
      [],
    )
    expect(rows).toEqual([[0]])
    await db.query(`DROP TABLE ${table}`, [])
    await db.close()
  })
})

describe('a driver that is not installed', () => {
  afterEach(() => {
    vi.doUnmock('pg')
    vi.doUnmock('mysql2/promise')
  })

  it('is named with the command that installs it', async () => {
    const missing = () => {
      throw new Error('Cannot find package')
    }
    vi.doMock('pg', missing)
    vi.doMock('mysql2/promise', missing)
    for (const [db, command] of [
      [postgres('postgres://127.0.0.1/x'), 'npm install pg'],
      [mysql('mysql://127.0.0.1/x'), 'npm install mysql2'],
    ] as const)
      await expect(blobs(db).get('a')).rejects.toMatchObject({
        code: 'Unsupported',
        message: expect.stringContaining(command),
      })
  })
})

for (const server of ['mariadb', 'mysql'] as const)
  await withService(server, url => {
    describe(`sessions of ${server}`, () => {
      it('must be strict', async () => {
        const pool = createPool({ uri: url, connectionLimit: 1 })
        await pool.query("SET SESSION sql_mode = ''")
        await expect(blobs(mysql(pool)).get('a')).rejects.toMatchObject({
          code: 'Incompatible',
          message: expect.stringContaining('STRICT_ALL_TABLES'),
        })
        await pool.end()
      })

      it('take values up to the packet of the server, and refuse longer ones before they are sent', async () => {
        const db = mysql(url)
        const table = randomName()
        const store = blobs(db, { table })
        const most = Number((await db.query('SELECT @@max_allowed_packet', [])).rows[0]?.[0])
        await store.set('a', bytes('old'))
        await expect(store.set('a', new Uint8Array(most))).rejects.toMatchObject({
          code: 'TooLarge',
          outcome: 'not-applied',
        })
        await expect(
          store.setMany([
            ['b', bytes('x')],
            ['a', new Uint8Array(most)],
          ]),
        ).rejects.toMatchObject({ code: 'TooLarge' })
        expect(text(await store.get('a'))).toBe('old')
        await store.set('a', new Uint8Array(most - 20_000))
        expect((await store.get('a'))?.byteLength).toBe(most - 20_000)
        await db.query(`DROP TABLE ${table}`, [])
        await db.close()
      })
    })
  })
