import type { ReadOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import type { SqlValue } from '../../executor.ts'
import type { Plan } from '../plan.ts'
import { draft, encodeKey, queryByKey } from '../statements.ts'

/** So many keys are asked about at once. */
const MOST_KEYS = 500

/** Refuses keys that the database would list in another spelling: it is asked, where a type has several. */
export async function assertSpelled(
  plan: Plan,
  asked: readonly unknown[],
  { signal }: ReadOptions,
): Promise<void> {
  if (!plan.keyColumns.some(({ holding }) => holding.spelled !== undefined)) return
  const keys = asked.map(key => encodeKey(plan, key))
  const given = plan.keyColumns.flatMap(({ name, holding: { spelled } }, index) =>
    spelled === undefined ? [] : keys.map(key => ({ name, spelled, text: key[index] as SqlValue })),
  )
  for (let start = 0; start < given.length; start += MOST_KEYS) {
    const some = given.slice(start, start + MOST_KEYS)
    const text = draft(plan.dialect)
    const selection = some.map(({ spelled, text: key }) => spelled(text.bind(key)))
    const { rows } = await queryByKey(plan.db, `SELECT ${selection.join(', ')}`, text, { signal })
    for (const [index, { name, text: key }] of some.entries())
      if (rows[0]?.[index] !== key)
        throw new StoreError(
          'InvalidKey',
          `the column ${JSON.stringify(name)} would list ${JSON.stringify(String(key))} as ${JSON.stringify(rows[0]?.[index])}; use that`,
          { reason: 'wrong-type' },
        )
  }
}
