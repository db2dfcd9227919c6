import type { ByteStore } from '@kvdol/core'
import { createStore, settingsOf } from '@kvdol/core/adapter'
import type { Executor } from '../executor.ts'
import { givenDatabase } from '../given-database.ts'
import { tableOf } from '../tables/table-name.ts'
import { driverOf } from './driver.ts'
import { type BlobsOptions, OPTIONS } from './options.ts'
import { statementsOf } from './statements.ts'
import { tagMaker } from './writing/put.ts'

/**
 * A table as a store of bytes: any legal key, in a column of bytes, so that the database folds, pads and collates
 * nothing. The first call makes the table where there is none.
 *
 * Calls reject `Incompatible` for a table with other columns. Throws `TypeError` for bad options and for names that
 * the database would change. Closing the store leaves the database open.
 *
 * @example
 * ```ts
 * const db = sqlite('app.db')
 * const users = pipe(blobs(db, { table: 'users' }), jsonValues<User>())
 * await users.set('ann', { age: 41 })
 * ```
 */
export function blobs(database: Executor, options: BlobsOptions = {}): ByteStore {
  const { db, dialect } = givenDatabase('blobs', database)
  const settings = settingsOf('blobs', OPTIONS, options)
  const table = tableOf('blobs', dialect, settings.table, settings.schema)
  if (settings.notify && dialect.blobs.notices === undefined)
    throw new TypeError(`blobs: notify means nothing for ${dialect.name}, which tells nobody of changes`)
  return createStore(
    driverOf({
      db,
      dialect,
      table,
      settings,
      statements: statementsOf(dialect, table),
      tag: tagMaker(),
      longestValue: dialect.blobs.longestValue,
    }),
  )
}
