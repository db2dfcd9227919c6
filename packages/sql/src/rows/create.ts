import { StoreError } from '@kvdol/core'
import type { Kind } from '../dialects/dialect.ts'
import { ownTransaction } from '../own-transaction.ts'
import { quotedTable } from '../table-name.ts'
import { type Asked, kindsOf, planOf } from './plan.ts'

/** Makes the table of a store, with a primary key where keys are unique. */
export async function createTable(asked: Asked, columns: Readonly<Record<string, Kind>>): Promise<void> {
  const { db, dialect, table, settings } = asked
  if (dialect.name === 'mysql' && db.inTransaction)
    throw new StoreError(
      'Unsupported',
      'making a table would commit the transaction; make it before, by a write outside of it',
    )
  const text = createText(asked, columns)
  try {
    await ownTransaction(db, async inside => {
      await inside.query(text, [])
    })
  } catch (error) {
    // Another process may have made it at the same moment, which PostgreSQL tells as a conflict in its catalogue.
    if ((await planOf({ db, dialect, table, settings: { ...settings, create: undefined } })) === undefined)
      throw error
  }
}

function createText({ dialect, table, settings }: Asked, columns: Readonly<Record<string, Kind>>): string {
  const { quote } = dialect
  const keys = keyNames(settings.key)
  const identity = [...Object.keys(settings.where), ...keys]
  for (const name of identity)
    if (!Object.hasOwn(columns, name))
      throw new StoreError(
        'InvalidValue',
        `create does not tell what the column ${JSON.stringify(name)} holds`,
      )
  const unique = settings.match === 'unique'
  const lines = Object.entries(columns).map(([name, kind]) =>
    `${quote(name)} ${dialect.typeOf(kind, identity.includes(name))}${unique && identity.includes(name) ? ' NOT NULL' : ''}`.trimEnd(),
  )
  if (unique) lines.push(`PRIMARY KEY (${identity.map(quote).join(', ')})`)
  return `CREATE TABLE IF NOT EXISTS ${quotedTable(dialect, table)} (${lines.join(', ')})`
}

function keyNames(key: Asked['settings']['key']): readonly string[] {
  if (typeof key === 'string') return [key]
  return 'record' in key ? key.record : key
}

/** The columns of the first row that is written. */
export function columnsOf(
  { settings }: Asked,
  key: Readonly<Record<string, unknown>>,
  value: Readonly<Record<string, unknown>>,
): Record<string, Kind> {
  return { ...kindsOf({ ...key, ...settings.where, ...value }), ...settings.types }
}
