import type { Change, ReadOptions } from '@kvdol/core'
import type { Plan } from '../plan.ts'
import { encodeKey } from '../statements.ts'
import { removeEncoded } from './delete-rows.ts'
import { inOneTransaction, putting, type Writing } from './put-many.ts'
import { assertSpelled } from './spelling.ts'

type AnyChange = Change<unknown, unknown>

/** Sets and deletes in one transaction, in the order given: a row may take a unique value that another one gives up. */
export async function changeMany(
  plan: Plan,
  changes: readonly AnyChange[],
  options: ReadOptions,
): Promise<void> {
  const writings = runsOf(changes).map(run => writingOf(plan, run))
  const set = changes.flatMap(change => ('set' in change ? [change.set] : []))
  await assertSpelled(plan, set, options)
  const work = async (db: Plan['db']) => {
    for (const write of writings) await write(db)
  }
  await inOneTransaction(plan, work, options)
}

/** Changes of one kind that follow each other. */
function runsOf(changes: readonly AnyChange[]): AnyChange[][] {
  const runs: AnyChange[][] = []
  for (const change of changes) {
    const run = runs.at(-1)
    if (run?.[0] !== undefined && 'set' in run[0] === 'set' in change) run.push(change)
    else runs.push([change])
  }
  return runs
}

function writingOf(plan: Plan, run: readonly AnyChange[]): Writing {
  const entries = run.flatMap(change => ('set' in change ? [[change.set, change.value] as const] : []))
  if (entries.length > 0) return putting(plan, entries)
  const keys = run.flatMap(change => ('delete' in change ? [encodeKey(plan, change.delete)] : []))
  return async db => {
    for (const key of keys) await removeEncoded(plan, db, key)
  }
}
