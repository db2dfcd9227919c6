import { createTable } from '../../tables/create-table.ts'
import type { Plan } from '../plan.ts'

/** The channel on which a table can tell of its changes, and whether it does; `undefined` without such a thing. */
export async function channelOf({
  db,
  dialect,
  table,
}: Plan): Promise<{ name: string; tells: boolean } | undefined> {
  const question = dialect.blobs.notices?.channel(table)
  if (question === undefined) return undefined
  const { rows } = await db.query(question.text, question.params)
  return rows[0] && { name: String(rows[0][0]), tells: Boolean(rows[0][1]) }
}

/** Makes the table tell of its changes, unless it does already. */
export async function makeTelling(plan: Plan): Promise<void> {
  const { db, dialect, table } = plan
  const channel = await channelOf(plan)
  if (channel === undefined || channel.tells) return
  const texts = dialect.blobs.notices?.create(table, channel.name) ?? []
  await createTable(db, dialect, table, texts, async () => (await channelOf(plan))?.tells === true)
}
