import { call, isStoreError, StoreError } from '@kvdol/core/adapter'
import type { QueryResult, SqlParameter } from '../../executor.ts'
import type { Connection } from '../../sessions/session.ts'
import type { AnyPool, ServerLibrary } from './library.ts'

/** A connection that was taken out of a pool. */
export interface PooledConnection extends Connection {
  query(text: string, params: readonly SqlParameter[]): Promise<QueryResult>
  /** Gives the connection back, or ends it where it can be of no more use. */
  release(): void
}

/** The connection of a client, on which a statement may take so many milliseconds. */
export function connectionOn<P extends AnyPool, C>(
  library: ServerLibrary<P, C>,
  client: C,
  timeout: number,
): PooledConnection {
  let broken = false

  return {
    query,
    async begin(depth, { serializable = false }) {
      if (depth > 0 && serializable)
        throw new StoreError('Unsupported', 'only the outermost transaction can be serializable')
      const texts = depth > 0 ? [`SAVEPOINT kvdol_${depth}`] : library.begin(serializable)
      for (const text of texts) await command(text)
    },
    commit: depth => command(depth === 0 ? 'COMMIT' : `RELEASE SAVEPOINT kvdol_${depth}`),
    async rollback(depth) {
      // The server undoes the transaction of a connection that ends.
      if (broken) return
      try {
        await command(depth === 0 ? 'ROLLBACK' : `ROLLBACK TO SAVEPOINT kvdol_${depth}`)
      } catch (error) {
        broken = true
        throw error
      }
    },
    release: () => library.release(client, broken),
  }

  async function query(text: string, params: readonly SqlParameter[]): Promise<QueryResult> {
    try {
      return await call(() => library.send(client, text, params), { timeout })
    } catch (error) {
      // An answer that comes after the deadline would be taken for the next one.
      broken ||= isStoreError(error, 'Timeout') || library.isFatal(error)
      throw error
    }
  }

  async function command(text: string): Promise<void> {
    await query(text, [])
  }
}
