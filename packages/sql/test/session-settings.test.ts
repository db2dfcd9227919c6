import { withService } from '@kvdol/services'
import { collect } from '@kvdol/test-support'
import { createPool } from 'mysql2/promise'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { blobs, mysql, postgres, rows, transaction } from '../src/index.ts'
import { randomName } from './support/server-subject.ts'

// biome-ignore lint/suspicious/noExplicitAny: rows of every type
type Any = any

await withService('postgres', url => {
  describe('postgres', () => {
    const tables: string[] = []
    const named = () => {
      tables.push(randomName())
      return tables.at(-1) as string
    }
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    afterAll(async () => {
      for (const name of tables) await pool.query(`DROP TABLE IF EXISTS "${name}"`)
      await pool.end()
    })

    it('bytes are read in both forms', async () => {
      const other = new pg.Pool({ connectionString: url, options: '-c bytea_output=escape' })
      const name = named()
      const store = blobs(postgres(other), { table: name })
      const value = Uint8Array.from({ length: 256 }, (_, index) => index)
      await store.set('ä\\x\\\\001', value)
      expect(await store.get('ä\\x\\\\001')).toEqual(value)
      expect(await collect(store.keys())).toEqual(['ä\\x\\\\001'])
      expect(await blobs(postgres(pool), { table: name }).get('ä\\x\\\\001')).toEqual(value)
      await other.end()
    })

    it('dates in another style are refused, and the setting is named', async () => {
      const other = new pg.Pool({ connectionString: url, options: '-c datestyle=German' })
      const name = named()
      await pool.query(`CREATE TABLE "${name}" (id integer PRIMARY KEY, d date, t timestamptz(3))`)
      for (const value of ['d', 't'])
        await expect(
          (rows(postgres(other), name, { key: 'id', value } as Any) as Any).get(1),
        ).rejects.toMatchObject({ code: 'Incompatible', message: expect.stringContaining('DateStyle') })
      await other.end()
    })

    it('statements that the server has forgotten, or plans otherwise, are repeated', async () => {
      const db = postgres(pool)
      const name = named()
      await pool.query(`CREATE TABLE "${name}" (id integer PRIMARY KEY, v integer)`)
      const store: Any = rows(db, name, { key: 'id', value: 'v' })
      await store.set(1, 1)
      expect(await store.get(1)).toBe(1)
      for (const statement of [
        'DISCARD ALL',
        'DEALLOCATE ALL',
        `ALTER TABLE "${name}" ALTER v TYPE bigint`,
      ]) {
        await pool.query(statement)
        await store.set(1, 2)
        expect(await store.get(1)).toBe(2)
        expect(await collect(store)).toEqual([[1, 2]])
      }
      const third: Any = rows(db, name, { key: 'v', value: 'id' })
      await third.get(2)
      await transaction(db, async inside => {
        await inside.query('DEALLOCATE ALL', [])
        const call = (rows(inside, name, { key: 'v', value: 'id' }) as Any).get(2)
        await expect(call).rejects.toMatchObject({
          code: 'Unavailable',
          message: expect.stringContaining('prepare: false'),
        })
      }).catch(() => {})
      expect(await third.get(2)).toBe(1)
    })
  })
})

for (const server of ['mariadb', 'mysql'] as const)
  await withService(server, url => {
    describe(server, () => {
      const name = randomName()
      const setup = createPool(url)
      const on = async <T>(
        options: object,
        session: string | undefined,
        work: (store: Any) => Promise<T>,
      ) => {
        const pool = createPool({ uri: url, ...options })
        if (session !== undefined) pool.pool.on('connection', (connection: Any) => connection.query(session))
        try {
          return await work(rows(mysql(pool), name, { key: 'id' } as Any))
        } finally {
          await pool.end()
        }
      }
      afterAll(async () => {
        await setup.query(`DROP TABLE IF EXISTS \`${name}\``)
        await setup.end()
      })

      it('pools that change values are refused, and the option is named', async () => {
        await setup.query(
          `CREATE TABLE \`${name}\` (id INTEGER PRIMARY KEY AUTO_INCREMENT, d DECIMAL(30, 10), at TIMESTAMP(3) NULL, j JSON)`,
        )
        for (const options of [{ decimalNumbers: true }, { typeCast: () => 'x' }])
          await expect(on(options, undefined, store => store.get(1))).rejects.toMatchObject({
            code: 'Incompatible',
            message: expect.stringContaining(Object.keys(options)[0] as string),
          })
        await expect(on({}, "SET time_zone = '+05:00'", store => store.get(1))).rejects.toMatchObject({
          code: 'Incompatible',
          message: expect.stringContaining('time_zone'),
        })
      })

      it('a pool of the plainest kind gives back what it reads', async () => {
        await on({}, "SET time_zone = '+00:00'", async store => {
          const value = {
            d: '12345678901234567890.0123456789',
            at: new Date(1000),
            j: '{"a": 12345678901234567890}',
          }
          await store.set(1, value)
          const [[, got]] = await collect<Any>(store)
          expect(got).toEqual(value)
          await store.set(1, got)
          expect(await store.get(1)).toEqual(value)
          await expect(store.set(0, value)).rejects.toMatchObject({
            code: 'InvalidKey',
            message: expect.stringContaining('NO_AUTO_VALUE_ON_ZERO'),
          })
        })
        await on(
          {},
          "SET time_zone = '+00:00', sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
          async store => {
            await store.set(0, { d: '1.0000000000', at: null, j: null })
            expect(await collect(store.keys())).toEqual([0, 1])
          },
        )
      })
    })
  })
