import { execFile } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { WorkName } from './work.ts'

export interface ChildReport {
  /** How many keys or bytes there were. */
  readonly outcome: number
  readonly nanoseconds: number
  /** By how many bytes the process was larger at its largest than before the work. */
  readonly growth: number
}

const run = promisify(execFile)

/** Does `work` at a place in a process of its own. */
export async function runChild(work: WorkName, place: string): Promise<ChildReport> {
  const script = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))
  const { stdout } = await run(process.execPath, [...process.execArgv, script, work, place])
  return JSON.parse(stdout) as ChildReport
}
