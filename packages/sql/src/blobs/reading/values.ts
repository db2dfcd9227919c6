import { type MaybePromise, type ReadOptions, StoreError } from '@kvdol/core'
import { whenReady } from '@kvdol/core/adapter'
import { eachInTurn } from '../../each-in-turn.ts'
import type { Plan } from '../plan.ts'

/** The bytes of a value from the database. */
export function bytesOf(native: unknown): Uint8Array {
  if (native instanceof Uint8Array) return native
  throw new StoreError('Corrupt', 'the value in the table is not bytes')
}

type Values = (Uint8Array | undefined)[]

/** The values of many keys, in their order. */
export function getMany(plan: Plan, keys: readonly string[], { signal }: ReadOptions): MaybePromise<Values> {
  const { db, dialect, statements } = plan
  if (statements.many === undefined) return getInTurn(plan, keys, signal)
  const { text, params } = statements.many.get(keys)
  return whenReady(db.query(text, params, { signal }), ({ rows }) => {
    const found = new Map(rows.map(([key, value]) => [dialect.blobs.key.read(key), value]))
    return keys.map(key => (found.has(key) ? bytesOf(found.get(key)) : undefined))
  })
}

function getInTurn(
  { db, dialect, statements }: Plan,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): MaybePromise<Values> {
  const values: Values = []
  const each = (key: string) =>
    whenReady(db.query(statements.get, [dialect.blobs.key.bind(key)], { signal }), ({ rows: [row] }) => {
      values.push(row && bytesOf(row[0]))
    })
  return whenReady(eachInTurn(keys, each), () => values)
}
