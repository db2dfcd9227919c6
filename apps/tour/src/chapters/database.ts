import { basename, dirname, extname, join } from 'node:path'
import {
  copy,
  filterKeys,
  first,
  pipe,
  textValues,
} from '@kvdol/core'
import { files } from '@kvdol/fs'
import { blobs, rows, sqlite } from '@kvdol/sql'
import type { Stage } from '../stage.ts'
import { report } from './same-report.ts'

export async function database(stage: Stage) {
  const { folder, extension, temporary, print } = stage
  const onDisk = pipe(
    files(folder),
    filterKeys(key => key.endsWith(extension)),
    textValues(),
  )
  await using db = sqlite(join(temporary, 'tour.db'))

  // Any key and any bytes, as on disk.
  const inTable = pipe(blobs(db), textValues())
  await copy(onDisk, inTable)
  print('onDisk', await report(onDisk))
  print('inTable', await report(inTable))

  // Columns of a table, as records with typed keys.
  const sizes = rows(db, 'sizes', {
    key: ['folder', 'name'],
    create: {
      sample: { folder: '', name: '', kind: '', length: 1 },
    },
  })
  await sizes.setMany(
    (await first(inTable, 50)).map(([key, value]) => [
      [dirname(key), basename(key)],
      { kind: extname(key), length: value.length },
    ]),
  )
  for await (const row of sizes.entries({ limit: 2 }))
    print(row)
}
