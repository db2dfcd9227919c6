import { StoreError } from '@kvdol/core/adapter'
import type { Dialect, Table } from '../dialects/dialect.ts'
import type { Executor } from '../executor.ts'
import { ownTransaction } from '../sessions/trusted.ts'

/** Makes a table by these statements, unless another process makes it at the same moment: `isThere` tells that. */
export async function createTable(
  db: Executor,
  { createCommits }: Dialect,
  { name }: Table,
  texts: readonly string[],
  isThere: () => Promise<boolean>,
): Promise<void> {
  if (createCommits && db.inTransaction)
    throw new StoreError(
      'Unsupported',
      `there is no table ${JSON.stringify(name)}, and making one would commit the transaction; make it before`,
    )
  try {
    await ownTransaction(db, async inside => {
      for (const text of texts) await inside.query(text, [])
    })
  } catch (error) {
    // PostgreSQL reports a table that another process makes at the same moment as a conflict in its catalogue.
    if (!(await isThere())) throw error
  }
}
