import type { Result, Row, Settings } from './row.ts'
import { NoServer, Scratch } from './scratch.ts'

/** Measures rows one after the other in one temporary folder, which is gone afterwards, also after an interrupt. */
export async function run(rows: readonly Row[], settings: Settings): Promise<Result[]> {
  const scratch = new Scratch()
  const interrupt = async () => {
    await scratch.dispose()
    process.exit(130)
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const results: Result[] = []
    for (const row of rows) {
      process.stderr.write(`${row.name} …\n`)
      results.push(...(await measured(row, scratch, settings)))
    }
    return results
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await scratch.dispose()
  }
}

/** The results of a row; of one whose server cannot be had, the reason. */
async function measured(row: Row, scratch: Scratch, settings: Settings): Promise<readonly Result[]> {
  try {
    return await row.measure(scratch, settings)
  } catch (error) {
    if (!(error instanceof NoServer)) throw error
    const absent = [{ name: row.name, reason: error.message }]
    return [{ row: row.name, unit: 'nanoseconds', measured: [], absent }]
  }
}
