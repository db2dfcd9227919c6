export { blobs } from './blobs/blobs.ts'
export type { BlobsOptions, ForeignRow } from './blobs/options.ts'
export { type Column, type ColumnsOptions, columns } from './columns.ts'
export type { Kind } from './dialects/dialect.ts'
export type {
  Database,
  DialectName,
  Executor,
  QueryOptions,
  QueryResult,
  SqlParameter,
  SqlValue,
  TransactionOptions,
} from './executor.ts'
export type { MysqlPool } from './mysql/client.ts'
export { type MysqlOptions, mysql } from './mysql/mysql.ts'
export type { PgPool } from './postgres/client.ts'
export { type PostgresOptions, postgres } from './postgres/postgres.ts'
export {
  type Create,
  type Match,
  type Order,
  type RowStore,
  type RowsOptions,
  type RowType,
  rowType,
} from './rows/options.ts'
export { rows } from './rows/rows.ts'
export type { BetterHandle, BetterStatement, NodeHandle, NodeStatement } from './sqlite/native.ts'
export { type SqliteOptions, sqlite } from './sqlite/sqlite.ts'
export { type TableStore, type TablesOptions, tables } from './tables.ts'
export { transaction } from './transaction.ts'
