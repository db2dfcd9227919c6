import { StoreError } from '@kvdol/core'
import { type DescribedColumn, describe, noTable } from '../columns.ts'
import type { Dialect, Table } from '../dialects/dialect.ts'
import type { Executor } from '../executor.ts'
import { ownTransaction } from '../own-transaction.ts'
import type { Statements } from './statements.ts'

/** What finding a table, or making it, needs. */
export interface TableContext {
  readonly db: Executor
  readonly dialect: Dialect
  readonly table: Table
  readonly create: boolean
  readonly statements: Statements
}

/**
 * Finds the table or makes it, and gives the longest value in bytes that the server takes. Rejects `Incompatible` for a
 * table that is not laid out as ours.
 */
export async function prepareTable(context: TableContext): Promise<number> {
  const { db, dialect, table } = context
  await assertUtf8(context)
  let found = await describe(db, dialect, table)
  if (found.length === 0) {
    if (!context.create) throw noTable(table, '; with create: true it is made')
    await createTable(context)
    found = await describe(db, dialect, table)
  }
  assertLayout(found, context)
  return await longestValue(context)
}

/** What a statement has besides the value. */
const AROUND = 16 * 1024

/** MySQL takes statements up to a length that is set, and ends the connection at a longer one. */
async function longestValue({ db, dialect }: TableContext): Promise<number> {
  if (dialect.name !== 'mysql') return dialect.longestValue
  const { rows } = await db.query('SELECT @@max_allowed_packet', [])
  return Math.min(dialect.longestValue, Number(rows[0]?.[0]) - AROUND)
}

async function createTable({ db, dialect, table, statements }: TableContext): Promise<void> {
  if (dialect.name === 'mysql' && db.inTransaction)
    throw new StoreError(
      'Unsupported',
      `there is no table ${JSON.stringify(table.name)}, and making one would commit the transaction; make it before`,
    )
  try {
    await ownTransaction(db, async inside => {
      await inside.query(statements.create, [])
      if (statements.afterCreate !== undefined) await inside.query(statements.afterCreate, [])
    })
  } catch (error) {
    // Another process may have made it at the same moment, which PostgreSQL tells as a conflict in its catalogue.
    if ((await describe(db, dialect, table)).length === 0) throw error
  }
}

const NAMES = ['key', 'etag', 'value']

/** The names and types of the columns are the mark of the format: another format will have other names. */
function assertLayout(found: readonly DescribedColumn[], { table }: TableContext): void {
  const kinds = Object.fromEntries(found.map(({ name, kind }) => [name, kind]))
  const own =
    found.length === NAMES.length &&
    kinds.key === 'bytes' &&
    kinds.etag === 'text' &&
    kinds.value === 'bytes' &&
    found.every(({ name, keyPosition }) => keyPosition === (name === 'key' ? 1 : 0))
  if (!own)
    throw new StoreError(
      'Incompatible',
      `the table ${JSON.stringify(table.name)} was not made by blobs: it has the columns ${found.map(({ name }) => name).join(', ')}; use rows for it, or another name`,
    )
}

/** In a SQLite file that keeps text as UTF-16, the bytes of a key would be others. */
async function assertUtf8({ db, dialect }: TableContext): Promise<void> {
  if (dialect.name !== 'sqlite') return
  const { rows } = await db.query('PRAGMA encoding', [])
  if (rows[0]?.[0] !== 'UTF-8')
    throw new StoreError('Incompatible', `the database keeps text as ${rows[0]?.[0]}; blobs needs UTF-8`)
}
