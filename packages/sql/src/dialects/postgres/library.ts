import { StoreError } from '@kvdol/core/adapter'
import type { SqlParameter } from '../../executor.ts'
import { doubleQuoted } from '../common.ts'
import type { AnyPool, ServerLibrary, ServerSettings } from '../server/library.ts'
import { errorOf } from './errors.ts'
import { type PgQuery, queryOf } from './query.ts'

/** The answer to a query. */
interface PgAnswer {
  readonly rows: unknown[]
  readonly rowCount: number | null
  readonly command: string
}

/** What is needed of a client of `pg`. */
interface PgClient {
  query(query: PgQuery): Promise<PgAnswer>
  release(destroy?: boolean): void
  on(event: 'error' | 'end', listener: () => void): unknown
  on(event: 'notification', listener: (message: PgNotification) => void): unknown
}

interface PgNotification {
  readonly channel: string
  readonly payload?: string | undefined
}

/** What is needed of a pool of `pg`; its own type fits. */
export interface PgPool extends AnyPool {
  connect(): Promise<unknown>
}

/** The package `pg`; `prepare`: the server keeps statements prepared. */
export function pgLibrary({ prepare }: { readonly prepare: boolean }): ServerLibrary<PgPool, PgClient> {
  const listening = new WeakSet<PgClient>()
  const forgotten = new WeakMap<PgClient, Set<string>>()
  return {
    dialect: 'postgres',
    errorOf,
    protocols: ['postgres:', 'postgresql:'],
    pools: 'pg (new pg.Pool(…))',
    // A single client has `connect` as well; used as a pool it would end the process with an uncaught error.
    isPool: pool => typeof pool.connect === 'function' && !('getTypeParser' in pool),
    secretsOf(pool) {
      const { options } = pool as { options?: { password?: unknown; connectionString?: unknown } }
      return [options?.password, options?.connectionString]
    },
    open: openPool,
    async connect(pool) {
      const client = (await pool.connect()) as PgClient
      // Without a listener a connection that is lost between two statements would end the process.
      if (!listening.has(client)) client.on('error', () => {})
      listening.add(client)
      return client
    },
    async send(client, text, params) {
      const { rows, rowCount, command } = await ask(client, text, params)
      // The server answers so, without an error, when a statement has failed before.
      if (text === 'COMMIT' && command === 'ROLLBACK')
        throw new StoreError(
          'Unavailable',
          'a statement of the transaction failed, so that all of it was undone',
          { retryable: false },
        )
      return { rows: rows as unknown[][], affected: rowCount ?? 0 }
    },
    async listen(client, channel, told, lost) {
      client.on('notification', message => {
        if (message.channel === channel) told(message.payload ?? '')
      })
      client.on('error', lost)
      client.on('end', lost)
      await ask(client, `LISTEN ${doubleQuoted(channel)}`, [])
    },
    begin: serializable => [serializable ? 'BEGIN ISOLATION LEVEL SERIALIZABLE' : 'BEGIN'],
    /** Errors that do not come from a statement have no severity. */
    isFatal(error) {
      const { severity } = Object(error) as { severity?: unknown }
      return (
        !(error instanceof StoreError) && (severity === undefined || /^(FATAL|PANIC)$/.test(String(severity)))
      )
    },
    release: (client, broken) => client.release(broken),
  }

  /** A prepared statement that the server has forgotten, or plans otherwise by now, is asked again without preparing it. */
  async function ask(client: PgClient, text: string, params: readonly SqlParameter[]): Promise<PgAnswer> {
    const query = queryOf(text, params, prepare && forgotten.get(client)?.has(text) !== true)
    try {
      return await client.query(query)
    } catch (error) {
      if (query.name === undefined || !isForgotten(error)) throw error
      const texts = forgotten.get(client) ?? new Set()
      forgotten.set(client, texts.add(text))
      // In a transaction the first error has undone everything, so that it is the one to be told.
      return await client.query(queryOf(text, params, false)).catch((again: unknown) => {
        throw isUndone(again) ? error : again
      })
    }
  }
}

/** Whether a statement failed only because it was prepared; nothing has been done then. */
function isForgotten(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown }
  return (
    code === '26000' ||
    code === '42P05' ||
    (code === '08P01' && /prepared statement/.test(String(message))) ||
    (code === '0A000' && /cached plan/.test(String(message)))
  )
}

function isUndone(error: unknown): boolean {
  return (Object(error) as { code?: unknown }).code === '25P02'
}

async function openPool(connectionString: string, { timeout, connections }: ServerSettings): Promise<PgPool> {
  const { default: pg } = await import('pg').catch((cause: unknown) => {
    throw new StoreError('Unsupported', 'PostgreSQL needs the package pg: npm install pg', { cause })
  })
  const pool = new pg.Pool({
    connectionString,
    max: connections,
    connectionTimeoutMillis: timeout,
    allowExitOnIdle: true,
    keepAlive: true,
  })
  pool.on('error', () => {})
  return pool
}
