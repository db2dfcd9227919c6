import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { blobs, rows } from '../src/index.ts'
import { onEveryDatabase } from './support/databases.ts'

// biome-ignore lint/suspicious/noExplicitAny: rows of every type
type Any = any

await onEveryDatabase(({ db, table, quote }) => {
  const run = async (...texts: string[]) => {
    for (const text of texts) await db.query(text, [])
  }
  const all = async (text: string) => (await db.query(text, [])).rows
  const is = (...dialects: string[]) => dialects.includes(db.dialect)
  const t = () => {
    const name = table()
    return [name, quote(name)] as const
  }
  const ignored = { code: 'InvalidValue', message: expect.stringContaining('nothing was changed') }

  describe('columns that the database fills', () => {
    it('with a default keep it where a new row leaves them out, and what was read goes back', async () => {
      const [name, q] = t()
      const at = { sqlite: 'TEXT', postgres: 'timestamptz', mysql: 'DATETIME(6)' }[db.dialect]
      await run(
        `CREATE TABLE ${q} (id INTEGER PRIMARY KEY, name VARCHAR(9), made ${at} DEFAULT CURRENT_TIMESTAMP${is('mysql') ? '(6)' : ''})`,
      )
      const store: Any = rows(db, name, { key: 'id' })
      await store.set(1, { name: 'Ann' })
      const before = await all(`SELECT made FROM ${q}`)
      const value = await store.get(1)
      expect(value.made).not.toBe(null)
      await store.set(1, { ...value, name: 'Bob' })
      await store.setMany([[1, { ...value, name: 'Joe' }]])
      expect(await all(`SELECT made FROM ${q}`)).toEqual(before)
      expect((await store.get(1)).name).toBe('Joe')
    })

    it('by computing them are left out, or have to be what comes of it', async () => {
      const [name, q] = t()
      await run(
        `CREATE TABLE ${q} (id INTEGER PRIMARY KEY, a INTEGER, twice INTEGER GENERATED ALWAYS AS (a * 2) STORED)`,
      )
      const plain: Any = rows(db, name, { key: 'id' })
      await plain.set(1, { a: 4 })
      expect(await plain.get(1)).toEqual({ a: 4 })
      const store: Any = rows(db, name, { key: 'id', value: ['a', 'twice'] })
      expect(await store.get(1)).toEqual([4, 8])
      await store.set(1, [4, 8])
      await store.set(2, [5, 10])
      await store.setMany([[3, [6, 12]]])
      for (const call of [() => store.set(1, [4, 9]), () => store.setMany([[7, [1, 3]]])])
        await expect(call()).rejects.toMatchObject({
          code: 'InvalidValue',
          message: expect.stringContaining('"twice"'),
        })
      expect(await all(`SELECT id, a FROM ${q} ORDER BY id`)).toEqual([
        [1, 4],
        [2, 5],
        [3, 6],
      ])
    })

    if (is('postgres'))
      it('by counting always take the number that was read', async () => {
        const [name, q] = t()
        await run(`CREATE TABLE ${q} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text, w integer)`)
        await run(`INSERT INTO ${q} (v) VALUES ('a'), ('b')`)
        const store: Any = rows(db, name, { key: 'id', value: 'v' })
        for (const [key, value] of await collect<Any>(store)) await store.set(key, `${value}!`)
        await store.set(0, 'zero', { ifAbsent: true })
        await store.set(7, 'new')
        await store.setMany([[8, 'more']])
        expect(await collect(store)).toEqual([
          [0, 'zero'],
          [1, 'a!'],
          [2, 'b!'],
          [7, 'new'],
          [8, 'more'],
        ])
        const byText: Any = rows(db, name, { key: 'v', value: ['id', 'w'] })
        await byText.set('new', [7, 5])
        await expect(byText.set('new', [9, 5])).rejects.toMatchObject({
          code: expect.stringMatching(/Conflict|InvalidValue/),
        })
        expect(await byText.get('new')).toEqual([7, 5])
      })

    if (is('mysql'))
      it('by counting hold 0 as 0', async () => {
        const [name, q] = t()
        await run(`CREATE TABLE ${q} (id INTEGER PRIMARY KEY AUTO_INCREMENT, v TEXT)`)
        const store = rows(db, name, { key: 'id', value: 'v' })
        await store.set(0, 'a')
        await store.setMany([[0, 'b']])
        expect(await collect(store)).toEqual([[0, 'b']])
      })
  })

  if (is('postgres'))
    describe('a table that others inherit from', () => {
      it('has one row for each key', async () => {
        const [name, q] = t()
        const [, child] = t()
        await run(
          `CREATE TABLE ${q} (id integer PRIMARY KEY, v text)`,
          `CREATE TABLE ${child} (PRIMARY KEY (id)) INHERITS (${q})`,
          `INSERT INTO ${child} VALUES (1, 'a')`,
        )
        const store = rows(db, name, { key: 'id', value: 'v' })
        await store.set(1, 'b')
        await store.setMany([
          [1, 'c'],
          [2, 'd'],
        ])
        expect(await collect(store)).toEqual([
          [1, 'c'],
          [2, 'd'],
        ])
        await store.delete(1)
        expect(await all(`SELECT count(*) FROM ${child}`)).toEqual([[0]])
        await run(`DROP TABLE ${child}`)
      })

      it('or that has partitions keeps its index', async () => {
        const [name, q] = t()
        await run(
          `CREATE TABLE ${q} (id integer PRIMARY KEY, v text) PARTITION BY RANGE (id)`,
          `CREATE TABLE ${quote(`${name}_a`)} PARTITION OF ${q} FOR VALUES FROM (0) TO (10)`,
        )
        const store = rows(db, name, { key: 'id', value: 'v' })
        await store.set(1, 'a')
        await store.set(1, 'b')
        expect(await collect(store)).toEqual([[1, 'b']])
        await expect(store.set(11, 'x')).rejects.toMatchObject({ code: 'InvalidValue', key: 11 })
      })
    })

  if (!is('mysql'))
    describe('a write that the table ignores', () => {
      /** A table whose trigger ignores what happens to rows with a negative number. */
      const guarded = async (columns: string, when: string) => {
        const [name, q] = t()
        await run(`CREATE TABLE ${q} (${columns})`)
        if (is('sqlite'))
          for (const [event, row] of [
            ['INSERT', 'new'],
            ['UPDATE', 'new'],
            ['DELETE', 'old'],
          ])
            await run(
              `CREATE TRIGGER ${quote(`${name}${event}`)} BEFORE ${event} ON ${q} WHEN ${when.replaceAll('ROW', row as string)} BEGIN SELECT RAISE(IGNORE); END`,
            )
        else
          await run(
            `CREATE FUNCTION ${quote(`${name}f`)}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE r ${q}; BEGIN r := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; IF ${when.replaceAll('ROW', 'r')} THEN RETURN NULL; END IF; RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$`,
            `CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON ${q} FOR EACH ROW EXECUTE FUNCTION ${quote(`${name}f`)}()`,
          )
        return [name, q] as const
      }

      it.each(['PRIMARY KEY', ''])('by a trigger rejects (%s)', async index => {
        const [name, q] = await guarded(`id INTEGER ${index}, v INTEGER`, 'ROW.v < 0')
        const store = rows(db, name, { key: 'id', value: 'v' })
        await store.set(1, 1)
        for (const call of [
          () => store.set(1, -1),
          () => store.set(2, -1),
          () => store.set(2, -1, { ifAbsent: true }),
          () =>
            store.setMany([
              [3, 3],
              [2, -1],
            ]),
          () =>
            store.setMany([
              [3, 3],
              [1, -1],
            ]),
        ])
          await expect(call()).rejects.toMatchObject(ignored)
        expect(await all(`SELECT id, v FROM ${q}`)).toEqual([[1, 1]])
        await run(
          is('sqlite') ? `DROP TRIGGER ${quote(`${name}INSERT`)}` : `ALTER TABLE ${q} DISABLE TRIGGER guard`,
          `INSERT INTO ${q} VALUES (9, -9)`,
          ...(is('sqlite') ? [] : [`ALTER TABLE ${q} ENABLE TRIGGER guard`]),
        )
        await expect(store.delete(9)).rejects.toMatchObject(ignored)
        await expect(store.deleteMany([1, 9])).rejects.toMatchObject({ code: 'InvalidValue' })
        await store.delete(77)
      })

      it('of a table of bytes rejects as well', async () => {
        const [name, q] = t()
        const store = blobs(db, { table: name })
        await store.set('a', new Uint8Array(1))
        if (is('sqlite')) {
          await run(
            `CREATE TRIGGER ${quote(`${name}i`)} BEFORE INSERT ON ${q} BEGIN SELECT RAISE(IGNORE); END`,
          )
        } else
          await run(
            `CREATE FUNCTION ${quote(`${name}g`)}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
            `CREATE TRIGGER g BEFORE INSERT ON ${q} FOR EACH ROW EXECUTE FUNCTION ${quote(`${name}g`)}()`,
          )
        await expect(store.set('b', new Uint8Array(1))).rejects.toMatchObject(ignored)
        await expect(store.setMany([['b', new Uint8Array(1)]])).rejects.toMatchObject(ignored)
        expect(await store.has('b')).toBe(false)
      })

      if (is('postgres'))
        it('by a rule rejects', async () => {
          const [name, q] = t()
          await run(
            `CREATE TABLE ${q} (id integer, v integer)`,
            `INSERT INTO ${q} VALUES (1, 1)`,
            `CREATE RULE i AS ON INSERT TO ${q} DO INSTEAD NOTHING`,
            `CREATE RULE u AS ON UPDATE TO ${q} DO INSTEAD NOTHING`,
            `CREATE RULE d AS ON DELETE TO ${q} DO INSTEAD NOTHING`,
          )
          const store = rows(db, name, { key: 'id', value: 'v' })
          for (const call of [() => store.set(1, 2), () => store.set(2, 2), () => store.delete(1)])
            await expect(call()).rejects.toMatchObject(ignored)
        })

      if (is('sqlite'))
        it.each(['IGNORE', 'REPLACE', 'ROLLBACK', 'FAIL'])(
          'by ON CONFLICT %s rejects, and no other row goes',
          async clause => {
            const [name, q] = t()
            await run(
              `CREATE TABLE ${q} (id INTEGER PRIMARY KEY ON CONFLICT ${clause}, mail TEXT UNIQUE ON CONFLICT ${clause}, n INTEGER NOT NULL ON CONFLICT ${clause} CHECK (n > 0))`,
            )
            const store: Any = rows(db, name, { key: 'id' })
            await store.set(1, { mail: 'a', n: 1 })
            await store.set(2, { mail: 'b', n: 1 })
            for (const [call, code] of [
              [() => store.set(2, { mail: 'a', n: 1 }), 'Conflict'],
              [() => store.set(3, { mail: 'a', n: 1 }), 'Conflict'],
              [
                () =>
                  store.setMany([
                    [4, { mail: 'd', n: 1 }],
                    [3, { mail: 'a', n: 1 }],
                  ]),
                'Conflict',
              ],
              [() => store.set(3, { mail: 'a', n: 1 }, { ifAbsent: true }), 'Conflict'],
              [() => store.set(3, { mail: 'c', n: null }), 'InvalidValue'],
            ] as [() => Promise<void>, string][])
              await expect(call()).rejects.toMatchObject({ code })
            expect(await all(`SELECT id, mail FROM ${q} ORDER BY id`)).toEqual([
              [1, 'a'],
              [2, 'b'],
            ])
          },
        )
    })
})
