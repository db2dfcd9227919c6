import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterTest } from './after-test.ts'

/** A new folder, without symbolic links in its path; removed when the test or, outside of tests, the file ends. */
export function temporaryFolder(parent = tmpdir()): string {
  const folder = realpathSync(mkdtempSync(path.join(parent, 'kvdol-test-')))
  afterTest(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The same in memory, where the system has such a medium: for tests that write much and need no disk. */
export function fastFolder(): string {
  return temporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
}
