import { StoreError } from '@kvdol/core/adapter'
import type { QueryResult, SqlParameter } from '../../executor.ts'
import type { ServerLibrary } from '../server/library.ts'
import type { MysqlClient, MysqlPool, MysqlWritten } from './client.ts'
import { errorOf } from './errors.ts'
import { openPool } from './open-pool.ts'
import { nativeOf, readRows } from './values.ts'

/** How values are read: integers of 64 bits and dates as text, so that none is rounded or moved. */
const READING = { rowsAsArray: true, supportBigNumbers: true, bigNumberStrings: true, dateStrings: true }

/** The package `mysql2`. */
export const mysqlLibrary: ServerLibrary<MysqlPool, MysqlClient> = {
  dialect: 'mysql',
  errorOf,
  protocols: ['mysql:', 'mariadb:'],
  pools: 'mysql2/promise',
  // A pool of callbacks has a method `promise`; waited for as one of promises, it would never answer.
  isPool: pool => typeof pool.getConnection === 'function' && !('promise' in pool),
  secretsOf(pool) {
    const inner = (pool as { pool?: { config?: { connectionConfig?: { password?: unknown } } } }).pool
    return [inner?.config?.connectionConfig?.password]
  },
  open: openPool,
  connect: pool => pool.getConnection() as Promise<MysqlClient>,
  /** Without strict mode the server cuts values that do not fit, without an error. */
  async inspect(query, pool) {
    const changing = changingOption(pool)
    if (changing !== undefined)
      throw new StoreError(
        'Incompatible',
        `the pool is made with the option ${changing}, which changes values; leave it out`,
      )
    const { rows } = await query('SELECT @@sql_mode')
    if (!/STRICT_ALL_TABLES|STRICT_TRANS_TABLES/.test(String(rows[0]?.[0])))
      throw new StoreError(
        'Incompatible',
        "the sessions of the pool are not in strict mode; set sql_mode to contain 'STRICT_ALL_TABLES'",
      )
  },
  send,
  begin: serializable => [
    ...(serializable ? ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE'] : []),
    'START TRANSACTION',
  ],
  /** Errors that do not come from a statement have no state. */
  isFatal(error) {
    const { fatal, sqlState } = Object(error) as { fatal?: unknown; sqlState?: unknown }
    return !(error instanceof StoreError) && (fatal === true || sqlState === undefined)
  },
  release: (client, broken) => (broken ? client.destroy() : client.release()),
}

/** The option of a pool by which `mysql2` gives other values than those of the database. */
function changingOption(pool: MysqlPool): string | undefined {
  const { connectionConfig } =
    (pool as { pool?: { config?: { connectionConfig?: object } } }).pool?.config ?? {}
  const { decimalNumbers, typeCast } = (connectionConfig ?? {}) as Record<string, unknown>
  if (decimalNumbers === true) return 'decimalNumbers'
  return typeof typeCast === 'function' || typeCast === false ? 'typeCast' : undefined
}

async function send(client: MysqlClient, sql: string, params: readonly SqlParameter[]): Promise<QueryResult> {
  const query = { sql, ...READING }
  // Statements without parameters need no preparing, and some cannot be prepared.
  const [result, fields] = await (params.length === 0
    ? client.query(query)
    : client.execute({ ...query, values: params.map(nativeOf) }))
  return Array.isArray(result)
    ? { rows: readRows(result, fields), affected: result.length }
    : { rows: [], affected: matched(result) }
}

/** Rows that an update finds as they should be count as well, whatever the flags of the connection. */
function matched({ affectedRows, info }: MysqlWritten): number {
  const found = /Rows matched: (\d+)/.exec(info ?? '')?.[1]
  return found === undefined ? affectedRows : Number(found)
}
