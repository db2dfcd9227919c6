import { StoreError } from '@kvdol/core/adapter'
import type { ServerSettings } from '../server/library.ts'
import type { MysqlPool } from './client.ts'

/** How each session is: strict, with 0 as a number like others, and in UTC, so that times are what they were when they were written. */
const SESSION =
  "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'), time_zone = '+00:00'"

interface Socket {
  ref?(): unknown
  unref?(): unknown
}

interface RawConnection {
  readonly stream: Socket
  query(text: string, done: (error: unknown) => void): unknown
  destroy(): void
}

/** A pool whose idle connections do not keep the process alive. */
export async function openPool(url: string, { timeout, connections }: ServerSettings): Promise<MysqlPool> {
  const { createPool } = await import('mysql2/promise').catch((cause: unknown) => {
    throw new StoreError('Unsupported', 'MySQL and MariaDB need the package mysql2: npm install mysql2', {
      cause,
    })
  })
  const pool = createPool({
    uri: url.replace(/^mariadb:/, 'mysql:'),
    connectionLimit: connections,
    connectTimeout: timeout,
    charset: 'utf8mb4',
    jsonStrings: true,
    enableKeepAlive: true,
  })
  const on = pool.on.bind(pool) as (event: string, listener: (connection: unknown) => void) => unknown
  on('connection', connection => begin(connection as RawConnection))
  on('acquire', connection => (connection as RawConnection).stream.ref?.())
  on('release', connection => (connection as RawConnection).stream.unref?.())
  return pool
}

function begin(connection: RawConnection): void {
  connection.query(SESSION, error => {
    if (error) connection.destroy()
  })
}
