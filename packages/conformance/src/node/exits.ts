import { ensure } from '../assert.ts'
import type { Evidence } from '../evidence.ts'
import { ending, type StoreModule, startJob } from './child.ts'

/** Clause C2: a process that has used and closed the store ends by itself, within `milliseconds`. */
export async function exitsByItself(store: StoreModule, milliseconds = 2000): Promise<Evidence> {
  const child = startJob(store, { kind: 'visit', client: 0, keys: ['exit'], rounds: 0, bytes: 0 })
  const end = ending(child)
  let late = false
  child.stdout?.once('data', () => {
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, milliseconds)
    child.once('close', () => clearTimeout(timer))
  })
  const { code, problems } = await end
  ensure(!late, 'nothing keeps the process alive after close', `it still ran after ${milliseconds} ms`)
  ensure(code === 0, 'the process ends well', `exit code ${code}: ${problems}`)
  return { clause: 'C2', what: 'a process that had closed its store ended by itself' }
}
