import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Longest that a program of a finding may take. */
const PROGRAM_MS = 30_000

const fileOf = (program: string) => fileURLToPath(new URL(`../findings/${program}.mjs`, import.meta.url))

/** The text of a finding's program. */
export const programText = (program: string): string => readFileSync(fileOf(program), 'utf8')

/** What a finding's program prints, run in an empty folder of its own within `scratch`. */
export async function printedBy(program: string, scratch: string): Promise<string> {
  const folder = join(scratch, program, 'here')
  await mkdir(folder, { recursive: true })
  const { stdout } = await run(process.execPath, [fileOf(program)], { cwd: folder, timeout: PROGRAM_MS })
  return stdout
}
