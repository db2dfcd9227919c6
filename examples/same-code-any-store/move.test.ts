import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withService } from '@kvdol/services'
import { MongoClient } from 'mongodb'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { move } from './move.ts'

await withService('postgres', postgres =>
  withService('mongo', mongo => {
    it('makes one report in memory, SQLite, PostgreSQL and MongoDB', async () => {
      const name = `example_${randomBytes(4).toString('hex')}`
      const folder = mkdtempSync(join(tmpdir(), 'kvdol-example-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const reports = await move(
        [
          [['lima', 2025], { amount: 3 }],
          [['oslo', 2025], { amount: 4 }],
          [['oslo', 2024], { amount: 9 }],
        ],
        { file: join(folder, 'sales.db'), postgres: await newDatabase(postgres, name), mongo: [mongo, name] },
      )
      expect([...reports.keys()]).toEqual(['memory', 'SQLite', 'PostgreSQL', 'MongoDB'])
      for (const report of reports.values()) expect(report).toEqual({ lima: 3, oslo: 4 })

      await using client = new MongoClient(mongo)
      const sale = await client.db(name).collection('sales').findOne({ shop: 'oslo', year: 2024 })
      expect(sale).toMatchObject({ amount: 9 })
      await client.db(name).dropDatabase()
    })
  }),
)

/** A database of its own; gives its address. */
async function newDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}
