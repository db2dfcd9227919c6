import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Contestant, Row } from '../row.ts'
import { compare } from '../timed-row.ts'

/** Each package, and how many times as long as unstorage its `import` may take in a new process. */
const PACKAGES = [
  ['@kvdol/core', 1.3],
  ['@kvdol/fs', 2],
  ['@kvdol/sql', 2],
  ['@kvdol/s3', 2],
  ['@kvdol/mongo', 2],
  ['@kvdol/redis', 2],
  ['@kvdol/zip', 2],
  ['@kvdol/ssh', undefined],
  ['@kvdol/graze', undefined],
] as const

const STARTS = 15
const FEW_STARTS = 3

/** What a program waits for at its start: `import` in a process of its own, beside that of unstorage. */
export const coldImportRows: readonly Row[] = PACKAGES.map(([name, times]) => ({
  name: `cold import of ${name}`,
  async measure(_, { quick }) {
    const starts = quick ? FEW_STARTS : STARTS
    const peer = contestant('unstorage', 'raw')
    const ours = contestant(name, 'ours')
    const samples = new Map<Contestant, number[]>([
      [peer, []],
      [ours, []],
    ])
    // In turns, so that what else the machine does meets both.
    for (let start = 0; start < starts; start++)
      for (const [{ name: imported }, numbers] of samples) numbers.push(await coldImport(imported))
    return [compare(`cold import of ${name}`, times, samples, [])]
  },
}))

const contestant = (name: string, role: 'raw' | 'ours'): Contestant => ({
  name,
  role,
  run: () => coldImport(name),
})

const run = promisify(execFile)
const bench = fileURLToPath(new URL('../..', import.meta.url))

/** How long `import` of a package takes in a new process, in nanoseconds. */
async function coldImport(name: string): Promise<number> {
  const script = `const started = process.hrtime.bigint()
    await import('${name}')
    console.log(String(process.hrtime.bigint() - started))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: bench })
  return Number(stdout)
}
