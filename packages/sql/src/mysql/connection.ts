import type { MaybePromise } from '@kvdol/core'
import { deadline } from '../deadline.ts'
import type { QueryResult, SqlParameter } from '../executor.ts'
import { type PooledConnection, tooLate } from '../pooled.ts'
import { toStoreError } from '../to-store-error.ts'
import type { MysqlClient, MysqlField, MysqlWritten } from './client.ts'

/** What all connections of a database share. */
export interface MysqlSettings {
  readonly timeout: number
  readonly secrets: readonly (string | undefined)[]
}

/** A connection that also runs single statements. */
export interface MysqlConnection extends PooledConnection {
  /** Runs a statement that is a transaction by itself. */
  run(text: string, params: readonly SqlParameter[], writing: boolean): Promise<QueryResult>
}

/** A connection of `mysql2` that was taken out of its pool. */
export function mysqlConnection(client: MysqlClient, { timeout, secrets }: MysqlSettings): MysqlConnection {
  let broken = false

  return {
    run: send,
    query: (text, params) => send(text, params, false),
    async begin(depth, { serializable = false }) {
      if (depth > 0 && serializable) throw tooLate()
      if (depth === 0 && serializable) await command('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE')
      await command(depth === 0 ? 'START TRANSACTION' : `SAVEPOINT kvdol_${depth}`)
    },
    commit: depth => (depth === 0 ? command('COMMIT', true) : command(`RELEASE SAVEPOINT kvdol_${depth}`)),
    rollback: depth => rollback(depth === 0 ? 'ROLLBACK' : `ROLLBACK TO SAVEPOINT kvdol_${depth}`),
    release: () => (broken ? client.destroy() : client.release()),
  }

  async function send(sql: string, params: readonly SqlParameter[], writing: boolean): Promise<QueryResult> {
    const query = { sql, ...OPTIONS }
    try {
      // Statements without parameters need no preparing, and some cannot be prepared.
      const answer =
        params.length === 0 ? client.query(query) : client.execute({ ...query, values: params.map(native) })
      const late = () => {
        broken = true
        client.destroy()
      }
      const [result, fields] = await deadline(answer, timeout, late, writing ? 'unknown' : 'not-applied')
      return Array.isArray(result) ? { rows: read(result, fields), affected: result.length } : written(result)
    } catch (error) {
      broken ||= isFatal(error)
      throw toStoreError('mysql', error, { secrets, writing })
    }
  }

  async function command(text: string, writing = false): Promise<void> {
    await send(text, [], writing)
  }

  function rollback(text: string): MaybePromise<void> {
    return command(text).catch(error => {
      broken = true
      throw error
    })
  }
}

const OPTIONS = {
  rowsAsArray: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
  dateStrings: true,
} as const

const LONGLONG = 8

function native(param: SqlParameter): unknown {
  if (param instanceof Uint8Array && !Buffer.isBuffer(param))
    return Buffer.from(param.buffer, param.byteOffset, param.byteLength)
  return typeof param === 'bigint' ? String(param) : param
}

/** Integers of 64 bits come as text, so that none is rounded. */
function read(rows: unknown[][], fields: readonly MysqlField[]): unknown[][] {
  const long = fields.flatMap(({ columnType }, index) => (columnType === LONGLONG ? [index] : []))
  if (long.length > 0) for (const row of rows) for (const index of long) row[index] = integer(row[index])
  return rows
}

function integer(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}

const NO_ROWS: readonly (readonly unknown[])[] = Object.freeze([])

/** Rows that an update finds as they should be count as well, whatever the flags of the connection. */
function written({ affectedRows, info }: MysqlWritten): QueryResult {
  const matched = /Rows matched: (\d+)/.exec(info ?? '')?.[1]
  return { rows: NO_ROWS, affected: matched === undefined ? affectedRows : Number(matched) }
}

/** After errors that do not come from a statement, a connection is of no more use. */
function isFatal(error: unknown): boolean {
  const { fatal, sqlState } = Object(error) as { fatal?: unknown; sqlState?: unknown }
  return fatal === true || sqlState === undefined
}
