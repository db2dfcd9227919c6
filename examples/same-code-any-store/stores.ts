import { gzip, jsonValues, mapKeys, mapValues, memory, pipeline, type Store, template } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { documents } from '@kvdol/mongo'
import { type Database, rows } from '@kvdol/sql'
import type { Db } from 'mongodb'
import type { Sale } from './report.ts'

type Bytes = Store<string, Uint8Array>
export type Sales = Store<readonly [shop: string, year: number], Sale>

/** Sales as `lima/2025.json`. */
const readable = pipeline(
  mapKeys<Bytes, readonly [shop: string, year: number]>(template('{shop}/{year:int}.json').tuple()),
  jsonValues<Sale>({ space: 2 }),
)

/** Sales as `sales-2025-lima.gz`, compressed. */
const compact = pipeline(
  mapKeys<Bytes, { year: number; shop: string }>(template('sales-{year:int}-{shop}.gz')),
  mapKeys({
    decode: ({ shop, year }: { shop: string; year: number }): readonly [shop: string, year: number] => [
      shop,
      year,
    ],
    encode: ([shop, year]: readonly [shop: string, year: number]) => ({ shop, year }),
  }),
  mapValues(gzip()),
  jsonValues<Sale>(),
)

/** Sales in memory, for tests. */
export const inMemory = (): Sales => readable(memory())

/** Sales in a folder, as files that people can read and edit. */
export const inFolder = (folder: string): Sales => readable(files(folder))

/** Sales in a folder, in another layout and another format. */
export const archived = (folder: string): Sales => compact(files(folder))

/** Sales as rows of a table, whatever the database. */
export const inTable = (database: Database): Sales =>
  rows(database, 'sales', {
    key: ['shop', 'year'],
    create: { sample: { shop: 'lima', year: 2025, amount: 3 } },
  })

/** Sales as documents of a collection. */
export const inCollection = (database: Db): Sales =>
  documents(database.collection<Sale & { shop: string; year: number }>('sales'), {
    key: ['shop', 'year'],
    value: { record: ['amount'] },
  })
