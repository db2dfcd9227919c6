import { blobs, sqlite } from '@kvdol/sql'
import { betterSqlite } from '../peers/sqlite-stores.ts'
import { count } from './film.ts'

/** Work on a table of `blobs` in an SQLite file. */
export const sqliteWorks = {
  'raw-list-table': async (file: string) => {
    const database = betterSqlite(file)
    const found = await count(database.prepare('SELECT key FROM kvdol ORDER BY key').pluck().iterate())
    database.close()
    return found
  },
  'our-list-table': async (file: string) => {
    await using database = sqlite(file)
    return await count(blobs(database).keys())
  },
}
