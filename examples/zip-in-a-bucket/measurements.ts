import { csvRecords } from '@kvdol/codecs/csv'
import { compose, filterKeys, mapKeys, mapValues, pipe, type Reader, template, text } from '@kvdol/core'
import { type Database, rows } from '@kvdol/sql'
import { zip } from '@kvdol/zip'

/** What a station measured at an hour. */
export interface Measurement {
  readonly temperature: number
}

const FILES = template('{station}/{day:date}.csv').tuple<[station: string, day: Date]>()

/** The measurements in an archive, a list for each station and day; everything else in the archive is left out. */
export const measurementsIn = (store: Reader<string, Uint8Array>, archive: string) =>
  pipe(
    zip({ store, key: archive }),
    filterKeys(name => name.endsWith('.csv')),
    mapKeys(FILES),
    mapValues(
      compose(
        csvRecords({ fields: ['hour', 'temperature'], cast: { hour: Number, temperature: Number } }),
        text(),
      ),
    ),
  )

/** The measurements in a table. */
export const measurementTable = (database: Database) =>
  rows(database, 'measurements', {
    key: ['station', 'day', 'hour'],
    create: { sample: { station: 'lima', day: '2025-01-01', hour: 7, temperature: 27.5 } },
  })

/** Copies the measurements of an archive to the table, a file at a time. Gives the number of rows. */
export async function importArchive(
  store: Reader<string, Uint8Array>,
  archive: string,
  database: Database,
): Promise<number> {
  const table = measurementTable(database)
  let count = 0
  for await (const [[station, day], records] of measurementsIn(store, archive).entries({ concurrency: 4 })) {
    await table.setMany(
      records.map(({ hour, temperature }) => [[station, isoDay(day), hour], { temperature }] as const),
    )
    count += records.length
  }
  return count
}

const isoDay = (day: Date): string => day.toISOString().slice(0, 10)
