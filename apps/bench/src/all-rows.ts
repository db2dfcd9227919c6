import type { Row } from './row.ts'
import { bundleRows } from './rows/bundle.ts'
import { cacheRows } from './rows/caches.ts'
import { coldImportRows } from './rows/cold-import.ts'
import { compositionRows } from './rows/composition.ts'
import { csvRows } from './rows/csv.ts'
import { dropboxRows } from './rows/dropbox.ts'
import { fileListingRows } from './rows/file-listings.ts'
import { fileMediaRows } from './rows/file-media.ts'
import { fileValueRows } from './rows/file-values.ts'
import { grazeRows } from './rows/graze.ts'
import { guardRows } from './rows/guards.ts'
import { kitRows } from './rows/kit.ts'
import { largeRows } from './rows/large.ts'
import { levelRows } from './rows/levels.ts'
import { memoryRows } from './rows/memory.ts'
import { mongoRows } from './rows/mongo.ts'
import { originalRows } from './rows/originals.ts'
import { postgresRows } from './rows/postgres.ts'
import { redisRows } from './rows/redis.ts'
import { s3Rows } from './rows/s3.ts'
import { sqliteRows } from './rows/sqlite.ts'
import { sshRows } from './rows/ssh.ts'
import { transformRows } from './rows/transforms.ts'
import { zipRows } from './rows/zip.ts'

/** Everything that is measured, in the order of the table. */
export const allRows: readonly Row[] = [
  ...memoryRows,
  ...transformRows,
  ...csvRows,
  ...guardRows,
  ...cacheRows,
  ...compositionRows,
  ...fileValueRows,
  ...fileListingRows,
  ...fileMediaRows,
  ...levelRows,
  ...sqliteRows,
  ...postgresRows,
  ...mongoRows,
  ...redisRows,
  ...s3Rows,
  ...zipRows,
  ...sshRows,
  ...dropboxRows,
  ...grazeRows,
  ...originalRows,
  ...largeRows,
  ...bundleRows,
  ...coldImportRows,
  ...kitRows,
]
