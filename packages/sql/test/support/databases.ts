import { withService } from '@kvdol/services'
import { afterAll, describe } from 'vitest'
import { type Database, mysql, postgres, sqlite } from '../../src/index.ts'
import type { Server } from '../column-types/case.ts'
import { randomName } from './server-subject.ts'

/** A database that a test can fill: each table has a name of its own. */
export interface Place {
  readonly db: Database
  readonly server: Server
  /** A new name of a table, which is dropped at the end. */
  table(): string
  quote(name: string): string
}

/** The same tests on every database that is there. */
export async function onEveryDatabase(tests: (place: Place) => void): Promise<void> {
  describe('sqlite', () => tests(placeOn('sqlite', () => sqlite(':memory:'))))
  await withService('postgres', url => {
    describe('postgres', () => tests(placeOn('postgres', () => postgres(url))))
  })
  for (const server of ['mariadb', 'mysql'] as const)
    await withService(server, url => {
      describe(server, () => tests(placeOn(server, () => mysql(url))))
    })
}

function placeOn(server: Server, open: () => Database): Place {
  const db = open()
  const tables: string[] = []
  const quote = (name: string) =>
    db.dialect === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`
  afterAll(async () => {
    for (const name of tables) await db.query(`DROP TABLE IF EXISTS ${quote(name)}`, [])
    await db.close()
  })
  return {
    db,
    server,
    quote,
    table() {
      const name = randomName()
      tables.push(name)
      return name
    },
  }
}
