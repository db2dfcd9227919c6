import { type MaybePromise, StoreError } from '@kvdol/core'
import { deadline } from '../deadline.ts'
import type { QueryResult } from '../executor.ts'
import { type PooledConnection, tooLate } from '../pooled.ts'
import { toStoreError } from '../to-store-error.ts'
import { isFatal, type PgClient, type PgQuery, type PgSettings } from './client.ts'
import { queryOf } from './query.ts'
import { types } from './values.ts'

/** A client of `pg` that was taken out of its pool. */
export function pgConnection(client: PgClient, settings: PgSettings): PooledConnection {
  const { timeout, secrets } = settings
  let broken = false

  return {
    query: (text, params) => send(queryOf(text, params, settings), false),
    begin(depth, { serializable = false }) {
      if (depth > 0 && serializable) throw tooLate()
      if (depth > 0) return command(`SAVEPOINT kvdol_${depth}`)
      return command(serializable ? 'BEGIN ISOLATION LEVEL SERIALIZABLE' : 'BEGIN')
    },
    commit: depth => (depth > 0 ? command(`RELEASE SAVEPOINT kvdol_${depth}`) : commit()),
    rollback: depth => rollback(depth === 0 ? 'ROLLBACK' : `ROLLBACK TO SAVEPOINT kvdol_${depth}`),
    release: () => client.release(broken),
  }

  async function send(query: PgQuery, writing: boolean): Promise<QueryResult & { command: string }> {
    try {
      const late = () => {
        broken = true
      }
      const answer = client.query(query)
      const { rows, rowCount, command } = await deadline(
        answer,
        timeout,
        late,
        writing ? 'unknown' : 'not-applied',
      )
      return { rows: rows as unknown[][], affected: rowCount ?? 0, command }
    } catch (error) {
      broken ||= isFatal(error)
      throw toStoreError('postgres', error, { secrets, writing })
    }
  }

  async function command(text: string): Promise<void> {
    await send({ text, rowMode: 'array', types }, false)
  }

  async function commit(): Promise<void> {
    const { command } = await send({ text: 'COMMIT', rowMode: 'array', types }, true)
    // The server answers so, without an error, when a statement has failed before.
    if (command === 'ROLLBACK')
      throw new StoreError(
        'Unavailable',
        'a statement of the transaction failed, so that all of it was undone',
        {
          retryable: false,
        },
      )
  }

  function rollback(text: string): MaybePromise<void> {
    return command(text).catch(error => {
      broken = true
      throw error
    })
  }
}
