import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** In memory where the system has such a place: what is measured here is what stores do, not how fast a disk is. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Does `work` with a temporary folder, which is removed afterwards, also after Ctrl-C. */
export async function withScratch<T>(work: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(PARENT, 'kvdol-scoreboard-'))
  const remove = () => rmSync(scratch, { recursive: true, force: true })
  const interrupt = () => process.exit(130)
  process.on('exit', remove).on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    return await work(scratch)
  } finally {
    process.off('exit', remove).off('SIGINT', interrupt).off('SIGTERM', interrupt)
    remove()
  }
}
