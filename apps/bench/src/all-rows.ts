import type { Row } from './row.ts'
import { bundleRows } from './rows/bundle.ts'
import { fileListingRows } from './rows/file-listings.ts'
import { fileValueRows } from './rows/file-values.ts'
import { grazeRows } from './rows/graze.ts'
import { largeRows } from './rows/large.ts'
import { memoryRows } from './rows/memory.ts'
import { mongoRows } from './rows/mongo.ts'
import { postgresRows } from './rows/postgres.ts'
import { s3Rows } from './rows/s3.ts'
import { sqliteRows } from './rows/sqlite.ts'
import { sshRows } from './rows/ssh.ts'
import { transformRows } from './rows/transforms.ts'
import { zipRows } from './rows/zip.ts'

/** Everything that is measured, in the order of the table. */
export const allRows: readonly Row[] = [
  ...memoryRows,
  ...transformRows,
  ...fileValueRows,
  ...fileListingRows,
  ...sqliteRows,
  ...postgresRows,
  ...mongoRows,
  ...s3Rows,
  ...zipRows,
  ...sshRows,
  ...grazeRows,
  ...largeRows,
  ...bundleRows,
]
