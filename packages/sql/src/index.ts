export { blobs } from './blobs/blobs.ts'
export type { BlobsOptions, ForeignRow } from './blobs/options.ts'
export type { Kind } from './dialects/dialect.ts'
export type { MysqlPool } from './dialects/mysql/client.ts'
export type { MysqlOptions } from './dialects/mysql/mysql.ts'
export { mysql } from './dialects/mysql/mysql.ts'
export type { PgPool } from './dialects/postgres/library.ts'
export type { PostgresOptions } from './dialects/postgres/postgres.ts'
export { postgres } from './dialects/postgres/postgres.ts'
export type { BetterHandle, BetterStatement, NodeHandle, NodeStatement } from './dialects/sqlite/native.ts'
export type { SqliteOptions } from './dialects/sqlite/options.ts'
export { sqlite } from './dialects/sqlite/sqlite.ts'
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
export {
  type ColumnOf,
  type Columns,
  type Create,
  type Match,
  type Order,
  type RowOf,
  type RowOfColumns,
  type RowStore,
  type Rows,
  type RowsOptions,
  type RowType,
  rowType,
} from './rows/options.ts'
export { rows } from './rows/rows.ts'
export type { Column } from './tables/columns.ts'
export { columns } from './tables/columns.ts'
export type { ColumnsOptions, TablesOptions } from './tables/table-name.ts'
export { type TableStore, tables } from './tables/tables.ts'
export { transaction } from './transaction.ts'
