import { StoreError } from '@kvdol/core/adapter'
import { type DescribedColumn, describe, noTable } from '../../tables/columns.ts'
import { createTable } from '../../tables/create-table.ts'
import type { Plan } from '../plan.ts'
import { makeTelling } from '../watching/channel.ts'

/**
 * Finds the table or makes it, and notes the longest value that the server takes.
 * Rejects `Incompatible` for a table that is not laid out as one of this package.
 */
export async function prepareTable(plan: Plan): Promise<void> {
  const { db, dialect, table, settings, statements } = plan
  const longest = await dialect.blobs.inspect?.(db)
  let found = await describe(db, dialect, table)
  if (found.length === 0) {
    if (!settings.create) throw noTable(table, '; with create: true it is made')
    const look = () => describe(db, dialect, table)
    await createTable(db, dialect, table, statements.create, async () => (await look()).length > 0)
    found = await look()
  }
  assertLayout(found, plan)
  if (settings.notify) await makeTelling(plan)
  if (longest !== undefined) plan.longestValue = longest
}

const NAMES = ['key', 'etag', 'value']

/** The names and types of the columns are the mark of the format; another format will have other names. */
function assertLayout(found: readonly DescribedColumn[], { table }: Plan): void {
  const kinds = Object.fromEntries(found.map(({ name, kind }) => [name, kind]))
  const own =
    found.length === NAMES.length &&
    kinds.key === 'bytes' &&
    kinds.etag === 'text' &&
    kinds.value === 'bytes' &&
    found.every(({ name, keyPosition }) => keyPosition === (name === 'key' ? 1 : 0))
  if (!own)
    throw new StoreError(
      'Incompatible',
      `the table ${JSON.stringify(table.name)} was not made by blobs: it has the columns ${found.map(({ name }) => name).join(', ')}; use rows for it, or another name`,
    )
}
