import { StoreError } from '@kvdol/core'

/** What all connections of a database share. */
export interface PgSettings {
  readonly timeout: number
  readonly prepare: boolean
  readonly secrets: readonly (string | undefined)[]
}

/** What is given to a client of `pg` as a query. */
export interface PgQuery {
  readonly text: string
  readonly values?: unknown[]
  readonly name?: string
  readonly rowMode: 'array'
  readonly types: { getTypeParser(oid: number): (value: never) => unknown }
}

/** The answer to a query. */
export interface PgAnswer {
  readonly rows: unknown[]
  readonly rowCount: number | null
  readonly command: string
}

/** What is needed of a client of `pg`. */
export interface PgClient {
  query(query: PgQuery): Promise<PgAnswer>
  release(destroy?: Error | boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** What is needed of a pool of `pg`, which also takes callbacks; its own type fits. */
export interface PgPool {
  connect(): Promise<unknown>
  end(): Promise<void>
}

/** After errors that do not come from a statement, a connection is of no more use. */
export function isFatal(error: unknown): boolean {
  const { severity } = Object(error) as { severity?: unknown }
  return (
    !(error instanceof StoreError) && (severity === undefined || severity === 'FATAL' || severity === 'PANIC')
  )
}
