import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Lends `use` an empty folder, which is removed at the end, also when the program is interrupted. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kvdol-tour-'))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code))
  process.once('exit', remove)
  try {
    return await use(folder)
  } finally {
    process.off('exit', remove)
    remove()
  }
}
