import { StoreError, selectFields } from '@kvdol/core/adapter'
import { createTable } from '../../tables/create-table.ts'
import { quotedTable } from '../../tables/table-name.ts'
import type { Asked } from '../plan.ts'
import { type Kinds, planOf } from './plan-of.ts'

/** Makes the table of a store, with a primary key where keys are unique. */
export async function createRows(asked: Asked, columns: Kinds): Promise<void> {
  const { db, dialect, table, settings } = asked
  const made = { ...asked, settings: { ...settings, create: undefined } }
  const isThere = async () => (await planOf(made)) !== undefined
  await createTable(db, dialect, table, [createText(asked, columns)], isThere)
}

function createText({ dialect, table, settings }: Asked, columns: Kinds): string {
  const { quote, types } = dialect
  const keys = [...Object.keys(settings.where), ...selectFields(settings.key, 'InvalidKey').names]
  const missing = keys.find(name => !columns.has(name))
  if (missing !== undefined)
    throw new StoreError(
      'InvalidValue',
      `create does not tell what the column ${JSON.stringify(missing)} holds`,
    )
  const unique = settings.match === 'unique'
  const lines = [...columns].map(([name, kind]) => {
    const isKey = keys.includes(name)
    return `${quote(name)} ${types.typeOf(kind, isKey)}${unique && isKey ? ' NOT NULL' : ''}`.trimEnd()
  })
  if (unique) lines.push(`PRIMARY KEY (${keys.map(quote).join(', ')})`)
  return `CREATE TABLE IF NOT EXISTS ${quotedTable(dialect, table)} (${lines.join(', ')})`
}
