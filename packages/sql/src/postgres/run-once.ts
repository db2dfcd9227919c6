import { StoreError } from '@kvdol/core'
import { aborted } from '../abort.ts'
import type { QueryResult } from '../executor.ts'
import { toStoreError } from '../to-store-error.ts'
import {
  isFatal,
  type PgAnswer,
  type PgClient,
  type PgPool,
  type PgQuery,
  type PgSettings,
} from './client.ts'

type Release = (destroy?: boolean) => void
type Connect = (done: (error: unknown, client: PgClient | undefined, release: Release) => void) => void
type Send = (query: PgQuery, done: (error: unknown, answer: PgAnswer) => void) => void

/** What is asked of a pool in one go. */
export interface Once {
  readonly query: PgQuery
  readonly writing: boolean
  readonly signal: AbortSignal | undefined
  /** Called with each client before it is used. */
  readonly prepare: (client: PgClient) => void
}

/**
 * Runs one statement on any connection of a pool, within the deadline. By callbacks, with one promise and one timer for
 * all of it, because this is what most calls wait for.
 */
export function runOnce(
  pool: PgPool,
  { query, writing, signal, prepare }: Once,
  { timeout, secrets }: PgSettings,
): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    let over = false
    let sent: Release | undefined
    const end = () => {
      over = true
      clearTimeout(timer)
    }
    const fail = (error: unknown, sending: boolean) => {
      end()
      reject(toStoreError('postgres', error, { secrets, writing: sending && writing }))
    }
    const timer = setTimeout(() => {
      over = true
      // The connection is of no more use: nobody knows where its answer ends.
      sent?.(true)
      const outcome = sent !== undefined && writing ? 'unknown' : 'not-applied'
      reject(new StoreError('Timeout', `the database did not answer within ${timeout} ms`, { outcome }))
    }, timeout)

    ;(pool.connect as unknown as Connect).call(pool, (error, client, release) => {
      if (client === undefined) return over ? undefined : fail(error, false)
      if (over) return release()
      if (signal?.aborted) {
        release()
        return fail(aborted(signal), false)
      }
      prepare(client)
      sent = release
      ;(client.query as unknown as Send).call(client, query, (error, answer) => {
        if (over) return
        release(Boolean(error) && isFatal(error))
        if (error) return fail(error, true)
        end()
        resolve({ rows: answer.rows as unknown[][], affected: answer.rowCount ?? 0 })
      })
    })
  })
}
