import type { DriverListOptions, ReadOptions } from '@kvdol/core'
import type { SqlParameter, SqlValue } from '../../executor.ts'
import type { Plan, PlannedColumn } from '../plan.ts'
import { decodeValue, readRows } from '../reading/read-rows.ts'
import { type Draft, draft, equals, ordered, ownRows, readKey, selected } from '../statements.ts'
import { textKey, under } from './text-key.ts'

/** The keys in the order of their columns, page by page. */
export async function* keyPages(
  plan: Plan,
  options: DriverListOptions<unknown>,
): AsyncGenerator<unknown[], void, undefined> {
  for await (const page of pages(plan, options, false)) yield page.map(([key]) => key)
}

/** Keys with their values; where keys are unique, a page is one statement. */
export async function* entryPages(
  plan: Plan,
  options: DriverListOptions<unknown>,
): AsyncGenerator<[unknown, unknown][], void, undefined> {
  const inOne = plan.target !== undefined
  for await (const page of pages(plan, options, inOne)) {
    if (inOne) yield page.map(([key, natives]) => [key, decodeValue(plan, natives)])
    else for (const [key] of page) yield [[key, await readRows(plan, key, options)]]
  }
}

/** A key that is listed, and what was selected of its row besides. */
type Listed = readonly [key: unknown, natives: readonly unknown[]]

/** The rows of keys, page by page, with their values or without; no cursor stays open between two pages. */
async function* pages(
  plan: Plan,
  { prefix, limit = Number.POSITIVE_INFINITY, signal }: DriverListOptions<unknown>,
  values: boolean,
): AsyncGenerator<Listed[], void, undefined> {
  const { db, dialect, keyColumns, settings } = plan
  const keys = keyColumns.map(column => ordered(column, plan))
  const selection = [...keys, ...(values ? plan.valueColumns.map(column => selected(column)) : [])]
  const action = `SELECT ${plan.target === undefined ? 'DISTINCT ' : ''}${selection.join(', ')}`
  // A prefix that the statement does not know is left to the caller, and then the limit as well.
  let left = typeof prefix !== 'string' || textKey(plan) !== undefined ? limit : Number.POSITIVE_INFINITY
  let after: readonly SqlParameter[] | undefined
  while (left > 0) {
    const count = Math.min(settings.pageSize, left)
    const text = draft(dialect)
    const conditions = [...ownRows(plan, text), ...beginning(plan, prefix, text)]
    if (after !== undefined) conditions.push(behind(keys, after, text))
    const { rows } = await db.query(
      `${action} FROM ${plan.quotedTable} WHERE ${conditions.join(' AND ')} ORDER BY ${keys.join(', ')} LIMIT ${count}`,
      text.params,
      { signal },
    )
    if (rows.length === 0) return
    yield rows.map(row => [keyOf(plan, row), row.slice(keys.length)])
    after = rows.at(-1)?.slice(0, keys.length) as SqlParameter[]
    left -= rows.length
    if (rows.length < count) return
  }
}

function keyOf(plan: Plan, row: readonly unknown[]): unknown {
  return plan.key.select(
    Object.fromEntries(
      plan.keyColumns.map((column, index) => [column.name, readKey(column, row[index], plan)]),
    ),
  )
}

/** Holds for keys that begin with this text, with these leading elements, or these fields. */
function beginning(plan: Plan, prefix: unknown, text: Draft): string[] {
  if (typeof prefix === 'string') {
    const column = textKey(plan)
    return column === undefined ? [] : under(column, prefix, plan, text)
  }
  if (typeof prefix !== 'object' || prefix === null) return []
  const parts: [PlannedColumn | undefined, unknown][] = Array.isArray(prefix)
    ? prefix.map((part, index) => [plan.keyColumns[index], part])
    : plan.keyColumns.map(column => [column, new Map(Object.entries(prefix)).get(column.name)])
  return parts.flatMap(([column, part]) =>
    column === undefined || part === undefined
      ? []
      : [equals(column, column.encode(part) as SqlValue, plan, text)],
  )
}

/** Holds for keys after the last one, written so that every database can use an index. */
function behind(keys: readonly string[], after: readonly SqlParameter[], { bind }: Draft): string {
  const steps = keys.map((_, index) =>
    keys
      .slice(0, index + 1)
      .map((key, place) => `${key} ${place === index ? '>' : '='} ${bind(after[place] as SqlParameter)}`)
      .join(' AND '),
  )
  return `((${steps.join(') OR (')}))`
}

/** How many keys there are. */
export async function countKeys(plan: Plan, { signal }: ReadOptions): Promise<number> {
  const text = draft(plan.dialect)
  const keys = plan.keyColumns.map((column, index) => `${ordered(column, plan)} AS k${index}`)
  const where = ownRows(plan, text).join(' AND ')
  const { rows } = await plan.db.query(
    plan.target === undefined
      ? `SELECT count(*) FROM (SELECT DISTINCT ${keys.join(', ')} FROM ${plan.quotedTable} WHERE ${where}) AS counted`
      : `SELECT count(*) FROM ${plan.quotedTable} WHERE ${where}`,
    text.params,
    { signal },
  )
  return Number(rows[0]?.[0])
}
