import type { Result, Row, Settings } from './row.ts'
import { Scratch } from './scratch.ts'

/** Measures rows one after the other in one temporary folder, which is gone afterwards, also after an interrupt. */
export async function run(rows: readonly Row[], settings: Settings): Promise<Result[]> {
  const scratch = new Scratch()
  const interrupt = () => {
    scratch.dispose()
    process.exit(130)
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const results: Result[] = []
    for (const row of rows) {
      process.stderr.write(`${row.name} …\n`)
      results.push(...(await row.measure(scratch, settings)))
    }
    return results
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    scratch.dispose()
  }
}
