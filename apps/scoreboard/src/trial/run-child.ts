import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Begun, CaseResult, Line, Trial } from './result.ts'

type Child = ChildProcessByStdio<null, Readable, null>

/** Longest that a case may take; the longest of kvdol's own stores take a few seconds. */
const CASE_MS = 3 * 60_000

/** How often the cases after one that hung or ended the process are tried. */
const RESTARTS = 10

/**
 * Runs the kit on a store in a process of its own. The case at which it hung or ended has failed; those after it are tried
 * in a new process.
 */
export async function tryInChild(
  program: string,
  trial: Trial,
  scratch: string,
  patience = CASE_MS,
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (let start = 0; start <= RESTARTS; start++) {
    const args = [program, '--try', JSON.stringify(trial), String(results.length), scratch]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const broken = await runChild(child, results, patience)
    if (broken === undefined) return results
    results.push(broken)
  }
  throw new Error(`${trial.name}: too many cases ended the process, the last at ${results.at(-1)?.name}`)
}

/** Adds the results of a process; gives the case at which it hung or ended, if it did not come to the end. */
async function runChild(
  child: Child,
  results: CaseResult[],
  patience: number,
): Promise<CaseResult | undefined> {
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve(String(code ?? signal)))
  })
  const kill = () => void child.kill('SIGKILL')
  process.on('exit', kill)
  let timer = setTimeout(kill, patience)
  let begun: Begun | undefined
  for await (const text of createInterface({ input: child.stdout })) {
    clearTimeout(timer)
    timer = setTimeout(kill, patience)
    const line = JSON.parse(text) as Line
    begun = 'begins' in line ? line : undefined
    if (!('begins' in line)) results.push(line)
  }
  const end = await ended
  clearTimeout(timer)
  process.off('exit', kill)
  if (end === '0') return undefined
  if (begun === undefined) throw new Error(`the process of a trial ended with ${end} outside of its cases`)
  const failure =
    end === 'SIGKILL' ? `no end within ${patience / 1000} seconds` : `the process ended with ${end}`
  return { name: begun.begins, clause: begun.clause, failure }
}
