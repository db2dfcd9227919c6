import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf, StoreError } from '@kvdol/core/adapter'
import type { Asked, Plan } from '../plan.ts'
import { draft, ordered, ownRows, readKey } from '../statements.ts'
import { successor, textKey, under } from './text-key.ts'

/**
 * One level of keys that are texts, each page by one statement. A server cuts the keys itself and gives each child once.
 * SQLite, where a statement costs little, is asked for the next key behind all that begin like the last one.
 */
export async function* children(
  plan: Plan,
  { prefix = '', signal }: DriverChildrenOptions<unknown>,
): AsyncGenerator<Child[], void, undefined> {
  const column = textKey(plan)
  if (column === undefined || typeof prefix !== 'string') throw noLevels(plan)
  const { db, dialect, settings, quotedTable, target } = plan
  const { level, exactText } = dialect.types
  const found = level?.(ordered(column, plan), prefix) ?? ordered(column, plan)
  // Without an index each statement reads all keys.
  const least = level === undefined && target !== undefined ? 1 : settings.pageSize
  let count = least
  let bound: readonly [comparison: string, text: string] | undefined
  for (;;) {
    const text = draft(dialect)
    const conditions = [...ownRows(plan, text), ...under(column, prefix, plan, text)]
    if (bound !== undefined) conditions.push(`${found} ${bound[0]} ${text.bind(exactText(bound[1]))}`)
    const { rows } = await db.query(
      `SELECT DISTINCT ${found} AS child FROM ${quotedTable} WHERE ${conditions.join(' AND ')} ORDER BY child LIMIT ${count}`,
      text.params,
      { signal },
    )
    const texts = new Set(rows.map(([native]) => childOf(readKey(column, native, plan) as string, prefix)))
    const page = [...texts].map(each => asChild(each, prefix))
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    if (rows.length < count) return
    bound = 'prefix' in last ? ['>=', successor(last.prefix) as string] : ['>', last.key]
    count = 'prefix' in last ? least : Math.min(2 * count, settings.pageSize)
  }
}

/** The error for keys that have no levels, with what there is instead. */
export function noLevels({ settings: { key } }: Asked): StoreError {
  const advice =
    typeof key === 'string'
      ? `use keys, or types: { ${JSON.stringify(key)}: 'text' } where it holds texts`
      : 'use keys, whose prefix can be the first columns'
  return new StoreError('Unsupported', `children needs a key that is one column of text; ${advice}`)
}
