import { createHash } from 'node:crypto'
import type { SqlParameter } from '../executor.ts'
import type { PgQuery, PgSettings } from './client.ts'
import { types } from './values.ts'

/** So many texts get a statement that the server keeps prepared. */
const MOST = 500
const names = new Map<string, string>()

/** A statement as `pg` takes it; with a name, the server keeps it prepared. */
export function queryOf(
  text: string,
  params: readonly SqlParameter[],
  { prepare }: Pick<PgSettings, 'prepare'>,
): PgQuery {
  const values = params as unknown[]
  const name = prepare && values.length > 0 ? nameOf(text) : undefined
  return name === undefined
    ? { text, values, rowMode: 'array', types }
    : { name, text, values, rowMode: 'array', types }
}

/** The same name for the same text, whoever prepares it, because connections may be shared. */
function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined || names.size >= MOST) return known
  const name = `kvdol_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
  names.set(text, name)
  return name
}
