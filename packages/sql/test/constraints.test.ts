import { describe, expect, it } from 'vitest'
import { rows } from '../src/index.ts'
import { onEveryDatabase } from './support/databases.ts'

/** What the database refuses, by what it is called there. */
/** What takes longer than the server has been told to allow. */
const SLOW = {
  postgres: ['SET LOCAL statement_timeout = 50', 'SELECT pg_sleep(20)'],
  mariadb: ['SET STATEMENT max_statement_time = 0.05 FOR SELECT sleep(20)'],
  // Its `sleep` ends early without an error.
  mysql: [
    `SELECT /*+ MAX_EXECUTION_TIME(50) */ count(*) FROM ${['a', 'b', 'c', 'd', 'e'].map(name => `information_schema.collations ${name}`).join()}`,
  ],
}

await onEveryDatabase(({ db, server, table, quote }) => {
  const made = async (sql: (name: string) => string) => {
    const name = table()
    for (const text of sql(quote(name)).split(';')) await db.query(text, [])
    return name
  }

  describe('a refusal', () => {
    it('of a unique column names it, and is a conflict', async () => {
      const name = await made(
        t =>
          `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, mail VARCHAR(20), CONSTRAINT one_mail UNIQUE (mail))`,
      )
      const store = rows(db, name, { key: 'id', value: 'mail' })
      await store.set(1, 'a')
      for (const call of [() => store.set(2, 'a'), () => store.setMany([[2, 'a']])])
        await expect(call()).rejects.toMatchObject({
          code: 'Conflict',
          outcome: 'not-applied',
          message: expect.stringMatching(/constraint ".*mail"/),
        })
      await expect(store.set(2, 'a')).rejects.toMatchObject({ key: 2 })
    })

    it('of a check names it', async () => {
      const name = await made(
        t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, age INTEGER, CONSTRAINT adult CHECK (age > 17))`,
      )
      await expect(rows(db, name, { key: 'id', value: 'age' }).set(7, 3)).rejects.toMatchObject({
        code: 'InvalidValue',
        key: 7,
        outcome: 'not-applied',
        message: expect.stringContaining('constraint "adult"'),
      })
    })

    it('of NULL and of what is too long names the column', async () => {
      const name = await made(
        t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, name VARCHAR(3) NOT NULL CHECK (length(name) < 4))`,
      )
      const store = rows(db, name, { key: 'id', value: 'name' })
      await expect(store.set(7, null)).rejects.toMatchObject({
        code: 'InvalidValue',
        key: 7,
        message: expect.stringContaining('name"'),
      })
      await expect(store.set(7, 'abcd')).rejects.toMatchObject({ code: 'InvalidValue', key: 7 })
    })

    it('of a foreign key says so, on both sides of it', async () => {
      const parent = await made(
        t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v INTEGER);INSERT INTO ${t} VALUES (1, 1)`,
      )
      const child = table()
      await db.query(
        `CREATE TABLE ${quote(child)} (id INTEGER PRIMARY KEY, parent INTEGER, CONSTRAINT ${quote(`of ${child}`)} FOREIGN KEY (parent) REFERENCES ${quote(parent)} (id))`,
        [],
      )
      if (db.dialect === 'sqlite') await db.query('PRAGMA foreign_keys = ON', [])
      const children = rows(db, child, { key: 'id', value: 'parent' })
      await children.set(1, 1)
      for (const call of [() => children.set(2, 99), () => rows(db, parent, { key: 'id' }).delete(1)])
        await expect(call()).rejects.toMatchObject({
          code: 'InvalidValue',
          reason: 'foreign-key',
          outcome: 'not-applied',
          message: expect.stringContaining('other rows refer to it'),
        })
      // SQLite does not tell the name.
      if (db.dialect !== 'sqlite')
        await expect(children.set(2, 99)).rejects.toMatchObject({
          message: expect.stringContaining(JSON.stringify(`of ${child}`)),
        })
      await db.query(`DROP TABLE ${quote(child)}`, [])
    })

    it('of a view is one to be read only', async () => {
      const name = await made(
        t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v INTEGER);INSERT INTO ${t} VALUES (1, 2)`,
      )
      const view = `${name}_view`
      await db.query(
        `CREATE VIEW ${quote(view)} AS SELECT id, max(v) AS v FROM ${quote(name)} GROUP BY id`,
        [],
      )
      const store = rows(db, view, { key: 'id' })
      expect(await store.get(1)).toBeDefined()
      for (const call of [() => store.set(2, { v: 1 } as never), () => store.delete(1)])
        await expect(call()).rejects.toMatchObject({ code: 'ReadOnly', outcome: 'not-applied' })
      await db.query(`DROP VIEW ${quote(view)}`, [])
    })

    it('of a column that does not exist any more says so', async () => {
      const name = await made(t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v INTEGER, w INTEGER)`)
      const store = rows(db, name, { key: 'id' })
      await store.set(1, { v: 1, w: 1 })
      await db.query(`ALTER TABLE ${quote(name)} DROP COLUMN w`, [])
      await expect(store.get(1)).rejects.toMatchObject({
        code: 'Incompatible',
        message: expect.stringContaining('column'),
      })
    })
  })

  if (db.dialect === 'postgres')
    describe('a key', () => {
      it('that its column cannot hold is an illegal one', async () => {
        const name = await made(
          t => `CREATE TABLE ${t} (id uuid PRIMARY KEY, n integer);CREATE UNIQUE INDEX ON ${t} (n)`,
        )
        const byUuid = rows(db, name, { key: 'id', value: 'n' })
        for (const call of [
          () => byUuid.get('no uuid'),
          () => byUuid.has('no uuid'),
          () => byUuid.delete('no uuid'),
        ])
          await expect(call()).rejects.toMatchObject({
            code: 'InvalidKey',
            key: 'no uuid',
            reason: 'wrong-type',
          })
        await expect(byUuid.set('no uuid', 1)).rejects.toMatchObject({
          code: 'InvalidKey',
          key: 'no uuid',
          outcome: 'not-applied',
        })
        await expect(rows(db, name, { key: 'n' }).get(2 ** 40)).rejects.toMatchObject({
          code: 'InvalidKey',
        })
      })
    })

  if (db.dialect !== 'sqlite')
    describe('a statement', () => {
      it('that takes longer than the server allows rejects Timeout, and is not applied', async () => {
        const name = await made(t => `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, v INTEGER)`)
        const statements = SLOW[server as keyof typeof SLOW]
        await expect(
          Promise.resolve(
            db.transaction(async inside => {
              await rows(inside, name, { key: 'id', value: 'v' }).set(1, 1)
              for (const statement of statements) await inside.query(statement, [])
            }),
          ),
        ).rejects.toMatchObject({ code: 'Timeout', retryable: true, outcome: 'not-applied' })
        expect(await rows(db, name, { key: 'id' }).size()).toBe(0)
      })
    })
})
