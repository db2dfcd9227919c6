import type { ByteStore, KeyOf, Reader, StandardSchema, Store } from '@kvdol/core'
import type SqliteHandle from 'better-sqlite3'
import type { SQLiteTableWithColumns } from 'drizzle-orm/sqlite-core'
import type { ColumnType, Generated } from 'kysely'
import type { Pool as MysqlPromisePool } from 'mysql2/promise'
import type { Pool as PgVendorPool } from 'pg'
import {
  blobs,
  type Executor,
  mysql,
  postgres,
  rows,
  rowType,
  sqlite,
  type TableStore,
  type tables,
  transaction,
} from '../../src/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only when the two types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

interface User {
  id: number
  team: string
  name: string
  age: number
}
const row = rowType<User>()
declare const handle: SqliteHandle.Database
declare const pgPool: PgVendorPool
declare const mysqlPool: MysqlPromisePool
const db = sqlite(handle)
postgres(pgPool)
mysql(mysqlPool)

same<ReturnType<typeof blobs>, ByteStore>()
same<ReturnType<typeof tables>, Reader<string, TableStore>>()

const byId = rows(db, 'users', { key: 'id', row })
same<typeof byId, Store<number, Omit<User, 'id'>>>()
const ages = rows(db, 'users', { key: ['team', 'id'], value: 'age', row })
same<typeof ages, Store<readonly [string, number], number>>()
const records = rows(db, 'users', { key: { record: ['team'] }, value: ['name', 'age'], row, match: 'all' })
same<typeof records, Store<Pick<User, 'team'>, (readonly [string, number])[]>>()
const first = rows(db, 'users', { key: 'team', value: { record: ['name'] }, row, match: 'first' })
same<typeof first, Reader<string, Pick<User, 'name'>>>()
const sampled = rows(db, 'users', { key: 'id', create: { sample: { id: 7, name: 'Ann' } } })
same<typeof sampled, Store<number, Omit<{ id: number; name: string }, 'id'>>>()
const untyped = rows(db, 'users', { key: 'id' })
export const given: Promise<Record<string, unknown> | undefined> = untyped.get(7)

// @ts-expect-error a key of another type
byId.get('7')
// @ts-expect-error a value that lacks columns
byId.set(7, { name: 'Ann' })
// @ts-expect-error the first of several rows can only be read
first.set('red', { name: 'Ann' })
// @ts-expect-error a key is needed
rows(db, 'users', {})
// @ts-expect-error no such kind of column
rows(db, 'users', { key: 'id', create: { columns: { id: 'int' } } })
// @ts-expect-error no such option
sqlite('a.db', { wal: true })
// @ts-expect-error a database is needed
blobs('a.db')

const result = transaction(db, async inside => {
  same<typeof inside, Executor>()
  return 7
})
same<typeof result, Promise<number>>()

// Columns that `where` fixes are no part of the value.
const reds = rows(db, 'users', { key: 'id', row, where: { team: 'red' } })
same<typeof reds, Store<number, Omit<User, 'id' | 'team'>>>()

// Names are those of the rows.
// @ts-expect-error no such column
rows(db, 'users', { key: 'idd', row })
// @ts-expect-error no such column
rows(db, 'users', { key: ['id', 'tem'], row })
// @ts-expect-error no such column
rows(db, 'users', { key: 'id', value: 'agee', row })
// @ts-expect-error no such column
rows(db, 'users', { key: 'id', row, where: { tem: 'red' } })
// @ts-expect-error a column of another type
rows(db, 'users', { key: 'id', row, where: { team: 5 } })
// @ts-expect-error no such column
rows(db, 'users', { key: 'id', row, match: 'first', orderBy: 'agge' })
// @ts-expect-error no such column
rows(db, 'users', { key: 'id', row, types: { agge: 'integer' } })

// Rows follow from the columns of a table that is made; values may hold NULL, keys never do.
const made = rows(db, 'made', {
  key: ['team', 'id'],
  create: { columns: { team: 'text', id: 'bigint', at: 'date', raw: 'bytes' } },
})
same<KeyOf<typeof made>, readonly [string, bigint]>()
same<Awaited<ReturnType<(typeof made)['getOrThrow']>>['at'], Date | null>()
// @ts-expect-error no such column
rows(db, 'made', { key: 'idd', create: { columns: { id: 'text' } } })

// From tables of other libraries, and from schemas.
interface PersonTable {
  id: Generated<number>
  name: string
  made: ColumnType<Date, string | undefined, never>
}
const kysely = rows(db, 'person', { key: 'id', row: rowType<PersonTable>() })
same<KeyOf<typeof kysely>, number>()
same<Awaited<ReturnType<(typeof kysely)['getOrThrow']>>['made'], Date>()
declare const drizzle: SQLiteTableWithColumns<{
  name: 'people'
  schema: undefined
  dialect: 'sqlite'
  columns: Record<never, never>
}> & { readonly $inferSelect: { id: number; name: string | null } }
const drizzled = rows(db, 'people', { key: 'id', row: rowType<typeof drizzle>() })
same<KeyOf<typeof drizzled>, number>()
declare const people: StandardSchema<unknown, { id: string; age: number }>
const checked = rows(db, 'people', { key: 'id', row: rowType<typeof people>() })
same<typeof checked, Store<string, Omit<{ id: string; age: number }, 'id'>>>()

// Options that are decided later are typed as what they may be.
declare const many: 'all' | 'unique'
const maybe = rows(db, 'users', { key: 'id', value: 'age', row, match: many })
same<Awaited<ReturnType<(typeof maybe)['get']>>, number | number[] | undefined>()
declare const later: 'all' | undefined
const perhaps = rows(db, 'users', { key: 'id', value: 'age', row, match: later })
same<Awaited<ReturnType<(typeof perhaps)['get']>>, number | number[] | undefined>()
