import type { Change, MaybePromise, ReadOptions } from '@kvdol/core'
import type { Executor } from '../../executor.ts'
import { eachInTurn } from '../../sessions/failure.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { groupsOf, MOST_ROWS, putGroup } from './many.ts'
import { assertFits } from './put.ts'

/** Sets and deletes in one transaction. */
export function changeMany(
  plan: Plan,
  changes: readonly Change<string, Uint8Array>[],
  { signal }: ReadOptions,
): MaybePromise<void> {
  const sets = changes.flatMap(change => ('set' in change ? [[change.set, change.value] as const] : []))
  const deletes = changes.flatMap(change => ('delete' in change ? [change.delete] : [])).sort()
  for (const [, value] of sets) assertFits(plan, value)
  const groups = groupsOf(plan, sets)
  const work = async (inside: Executor) => {
    await eachInTurn(groups, group => putGroup(plan, inside, group, { signal }))
    await removeIn(plan, inside, deletes, signal)
  }
  return retryDeadlocks(plan.db, () => ownTransaction(plan.db, work, { signal }))
}

function removeIn(
  { dialect, statements }: Plan,
  db: Executor,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): MaybePromise<void> {
  const { many, remove } = statements
  if (many === undefined)
    return eachInTurn(keys, key => db.query(remove, [dialect.blobs.key.bind(key)], { signal }))
  const starts = Array.from({ length: Math.ceil(keys.length / MOST_ROWS) }, (_, index) => index * MOST_ROWS)
  return eachInTurn(starts, start => {
    const { text, params } = many.remove(keys.slice(start, start + MOST_ROWS))
    return db.query(text, params, { signal })
  })
}
