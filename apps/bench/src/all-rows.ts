import type { Row } from './row.ts'
import { bundleRows } from './rows/bundle.ts'
import { fileListingRows } from './rows/file-listings.ts'
import { fileValueRows } from './rows/file-values.ts'
import { largeRows } from './rows/large.ts'
import { memoryRows } from './rows/memory.ts'
import { transformRows } from './rows/transforms.ts'

/** Everything that is measured, in the order of the table. */
export const allRows: readonly Row[] = [
  ...memoryRows,
  ...transformRows,
  ...fileValueRows,
  ...fileListingRows,
  ...largeRows,
  ...bundleRows,
]
