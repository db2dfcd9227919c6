import type { DriverWriteOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import type { Executor } from '../../executor.ts'
import { retryDeadlocks } from '../../sessions/retry.ts'
import { ownTransaction } from '../../sessions/trusted.ts'
import type { Plan } from '../plan.ts'
import { valueIsThere } from './put.ts'

/** Moves a value in one transaction; false when there is none. */
export async function move(
  plan: Plan,
  from: string,
  to: string,
  { ifAbsent = false, signal }: DriverWriteOptions,
): Promise<boolean> {
  const once = (inside: Executor) => moveOnce(plan, inside, from, to, ifAbsent)
  return await retryDeadlocks(
    plan.db,
    () => ownTransaction(plan.db, once, { signal }),
    // Another writer has stored a value there since; without the condition that is replaced as well.
    error => !ifAbsent && error.code === 'Conflict',
  )
}

async function moveOnce(
  { statements, dialect, tag }: Plan,
  db: Executor,
  from: string,
  to: string,
  ifAbsent: boolean,
): Promise<boolean> {
  const [source, target] = [from, to].map(dialect.blobs.key.bind) as [string, string]
  const isThere = async (key: string) => (await db.query(statements.has, [key])).rows.length > 0
  if (!(await isThere(source))) return false
  if (ifAbsent && (await isThere(target))) throw valueIsThere()
  if (from === to) return true
  if (!ifAbsent) await db.query(statements.remove, [target])
  const { affected } = await db.query(statements.move, [target, tag(), source])
  // Otherwise the target would be removed and nothing put in its place.
  if (affected === 0) throw movedAway()
  return true
}

function movedAway(): StoreError {
  return new StoreError('Unavailable', 'another writer has moved or deleted the value', {
    reason: 'deadlock',
  })
}
