import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** What a shell reports for a program that was interrupted. */
const INTERRUPTED = 130

/** Lends `use` an empty folder, which is removed at the end, also when the program is interrupted. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kvdol-tour-'))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  const interrupt = () => process.exit(INTERRUPTED)
  process.once('exit', remove)
  for (const signal of SIGNALS) process.once(signal, interrupt)
  try {
    return await use(folder)
  } finally {
    process.off('exit', remove)
    for (const signal of SIGNALS) process.off(signal, interrupt)
    remove()
  }
}
