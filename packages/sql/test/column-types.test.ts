import { readFile, writeFile } from 'node:fs/promises'
import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { rows } from '../src/index.ts'
import type { TypeCase } from './column-types/case.ts'
import { documentOf } from './column-types/document.ts'
import { mysqlTypes } from './column-types/mysql.ts'
import { postgresTypes } from './column-types/postgres.ts'
import { sqliteTypes } from './column-types/sqlite.ts'
import { onEveryDatabase } from './support/databases.ts'

const TYPES = { sqlite: sqliteTypes, postgres: postgresTypes, mysql: mysqlTypes }

it('the page of types tells what is tested here; KVDOL_UPDATE_README=1 writes it', async () => {
  const page = new URL('../../../docs/sql-types.md', import.meta.url)
  const text = documentOf(Object.values(TYPES))
  if (process.env.KVDOL_UPDATE_README === '1') await writeFile(page, text)
  expect(unpadded(await readFile(page, 'utf8'))).toBe(unpadded(text))
})

/** Markdown without what aligns the columns of tables. */
const unpadded = (text: string) => text.replaceAll(/ +\|/g, ' |').replaceAll(/-+/g, '-')

// biome-ignore lint/suspicious/noExplicitAny: rows of every type
type Any = any

await onEveryDatabase(({ db, server, table, quote }) => {
  const { raw, cases } = TYPES[db.dialect]
  const all = async (text: string) => (await db.query(text, [])).rows

  /** A table with a row for each sample; `column` is `v` beside a key `id`, or the key `k` beside `n`. */
  const made = async (each: TypeCase, column: 'k' | 'v') => {
    for (const text of each.setup ?? [])
      await Promise.resolve(db.query(text, [])).catch((error: Error) => {
        if (!String((error.cause as Error).message).includes('already exists')) throw error
      })
    const name = table()
    const suffix =
      each.suffix ?? (column === 'k' && each.noIndex !== true && each.noKey === undefined ? 'UNIQUE' : '')
    const notNull = column === 'k' && !/IDENTITY|\bNULL\b/.test(each.type) ? 'NOT NULL' : ''
    const other = column === 'k' ? 'n INTEGER' : 'id INTEGER'
    await db.query(
      `CREATE TABLE ${quote(name)} (${other}${column === 'v' ? ' PRIMARY KEY' : ''}, ${column} ${each.type} ${notNull} ${suffix})`,
      [],
    )
    for (const [index, sample] of each.samples.entries())
      await db.query(`INSERT INTO ${quote(name)} ${each.insert ?? ''} VALUES (${index + 1}, ${sample})`, [])
    return name
  }
  const stored = async (name: string, column: 'k' | 'v') =>
    (
      await all(`SELECT ${raw(quote(column))} FROM ${quote(name)} ORDER BY ${column === 'k' ? 'n' : 'id'}`)
    ).map(([value]) => value)

  for (const each of cases.filter(({ only = server }) => only === server))
    describe([each.type, ...(each.kind ? [`as ${each.kind}`] : [])].join(' '), () => {
      const types = each.kind === undefined ? {} : { types: { v: each.kind } }
      const keyTypes = each.kind === undefined ? {} : { types: { k: each.kind } }
      const asValue = (name: string): Any => rows(db, name, { key: 'id', value: 'v', ...types } as Any)
      const asKey = (name: string): Any => rows(db, name, { key: 'k', value: 'n', ...keyTypes } as Any)

      if (each.noValue === undefined)
        it('is written back as it was read', async () => {
          const name = await made(each, 'v')
          const store = asValue(name)
          const before = await stored(name, 'v')
          const entries = await collect<Any>(store)
          expect(entries.length).toBe(each.samples.length)
          for (const [key, value] of entries) await store.set(key, value)
          expect(await stored(name, 'v')).toEqual(before)
          await store.setMany(entries)
          expect(await stored(name, 'v')).toEqual(before)
          for (const [key, value] of entries) expect(await store.get(key)).toEqual(value)
          const record: Any = rows(db, name, { key: 'id', ...types } as Any)
          await record.set(1, await record.get(1))
          expect(await stored(name, 'v')).toEqual(before)
          if (each.coarse === true) return
          await store.deleteMany(entries.map(([key]: Any) => key))
          for (const [key, value] of entries) await store.set(key, value)
          expect(await stored(name, 'v')).toEqual(before)
        })

      if (each.noValue === undefined)
        it('takes nothing that it changes', async () => {
          const name = await made(each, 'v')
          const store = asValue(name)
          const before = await stored(name, 'v')
          for (const value of each.changed ?? []) {
            await expect(store.set(1, value), String(value)).rejects.toMatchObject({ code: 'InvalidValue' })
            await expect(store.set(77, value), String(value)).rejects.toMatchObject({ code: 'InvalidValue' })
          }
          expect(await stored(name, 'v')).toEqual(before)
          for (const value of each.same ?? []) {
            await store.set(77, value)
            expect(await store.get(77)).toEqual(value)
          }
        })

      if (each.noKey === undefined)
        it('is found by exactly the key that is listed', async () => {
          const name = await made(each, 'k')
          const store = asKey(name)
          const before = await stored(name, 'k')
          const entries = await collect<Any>(store)
          const keys = await collect<Any>(store.keys())
          expect(keys.length).toBe(each.samples.length)
          expect(entries.map(([key]: Any) => key)).toEqual(keys)
          expect(await store.size()).toBe(keys.length)
          const inPages: Any = rows(db, name, { key: 'k', value: 'n', pageSize: 1, ...keyTypes } as Any)
          expect(await collect(inPages.keys())).toEqual(keys)
          for (const [key, n] of entries) {
            expect(await store.has(key)).toBe(true)
            expect(await store.get(key)).toBe(n)
            await store.set(key, n + 100)
            expect(await store.get(key)).toBe(n + 100)
            await store.setMany([[key, n]])
            expect((await all(`SELECT count(*) FROM ${quote(name)} WHERE n < 100`))[0]).toEqual([keys.length])
          }
          for (const alias of each.aliases ?? []) {
            expect(await store.get(alias).catch(codeOf), String(alias)).toSatisfy(isAbsent)
            expect(['InvalidKey', 'Conflict'], String(alias)).toContain(
              await store.set(alias, 50).catch(codeOf),
            )
            expect(['InvalidKey', 'Conflict'], String(alias)).toContain(
              await store.setMany([[alias, 50]]).catch(codeOf),
            )
            await store.delete(alias).catch(codeOf)
          }
          expect(await stored(name, 'k')).toEqual(before)
          for (const [key, n] of entries) {
            await store.delete(key)
            expect(await store.has(key)).toBe(false)
            expect((await all(`SELECT count(*) FROM ${quote(name)}`))[0]).toEqual([keys.length - 1])
            await store.set(key, n)
            expect(await store.get(key)).toBe(n)
          }
          if (each.rewritten !== true) expect(new Set(await stored(name, 'k'))).toEqual(new Set(before))
          await store.deleteMany(keys)
          expect(await store.size()).toBe(0)
          await store.setMany(entries)
          expect(await collect<Any>(store)).toEqual(entries)
        })

      if (each.noKey !== undefined)
        it('is refused as a key, with the column and the reason', async () => {
          const store = asKey(await made(each, 'k'))
          await expect(collect(store.keys())).rejects.toMatchObject({
            code: 'Incompatible',
            message: expect.stringMatching(/"k".*;/),
          })
          await expect(collect(store.keys())).rejects.toThrow(each.noKey)
        })

      if (each.noValue !== undefined)
        it('is refused as a value, with the column and the reason', async () => {
          const store = asValue(await made(each, 'v'))
          const refused = { code: 'Incompatible', message: expect.stringContaining('"v"') }
          await expect(store.get(1)).rejects.toMatchObject(refused)
          await expect(store.get(1)).rejects.toThrow(each.noValue)
        })
    })
})

function codeOf(error: { code?: string }): string | undefined {
  return error.code
}

function isAbsent(answer: unknown): boolean {
  return answer === undefined || answer === 'InvalidKey'
}
