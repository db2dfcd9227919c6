import type { Reader, Store } from '@kvdol/core'
import type SqliteHandle from 'better-sqlite3'
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

same<ReturnType<typeof blobs>, Store<string, Uint8Array>>()
same<ReturnType<typeof tables>, Reader<string, TableStore>>()

const byId = rows(db, 'users', { key: 'id', row })
same<typeof byId, Store<number, Omit<User, 'id'>>>()
const ages = rows(db, 'users', { key: ['team', 'id'], value: 'age', row })
same<typeof ages, Store<[string, number], number>>()
const records = rows(db, 'users', { key: { record: ['team'] }, value: ['name', 'age'], row, match: 'all' })
same<typeof records, Store<Pick<User, 'team'>, [string, number][]>>()
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
