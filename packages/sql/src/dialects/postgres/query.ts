import { createHash } from 'node:crypto'
import type { SqlParameter } from '../../executor.ts'
import { types } from './values.ts'

/** What is given to a client of `pg` as a query. */
export interface PgQuery {
  readonly text: string
  readonly values?: unknown[]
  readonly name?: string
  readonly rowMode: 'array'
  readonly types: typeof types
}

/** The most texts that get a statement which the server keeps prepared. */
const MOST = 500
const names = new Map<string, string>()

/** A statement as `pg` takes it; with a name, the server keeps it prepared. */
export function queryOf(text: string, params: readonly SqlParameter[], prepare: boolean): PgQuery {
  const values = params as unknown[]
  const name = prepare && values.length > 0 ? nameOf(text) : undefined
  return name === undefined
    ? { text, values, rowMode: 'array', types }
    : { name, text, values, rowMode: 'array', types }
}

/** The same name for the same text in every process, because connections may be shared. */
function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined || names.size >= MOST) return known
  const name = `kvdol_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
  names.set(text, name)
  return name
}
