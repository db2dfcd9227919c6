import { Violation } from './assert.ts'
import type { Monitor } from './monitor.ts'

const OFTEN =
  'a promise that nothing settles: a callback that is never called, a pool without a free connection; or the backend ' +
  'needs longer, see timeout'

/** A promise that rejects when the time is over, and says which calls are under way then. */
export function deadline(
  timeout: number,
  monitor: Monitor,
): { readonly reached: Promise<never>; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const reached = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      monitor.over = true
      const late = new Violation(`the case ends within ${timeout} ms`, `no end: ${monitor.describe()}`)
      late.often = OFTEN
      reject(late)
    }, timeout)
  })
  reached.catch(() => {})
  return { reached, cancel: () => clearTimeout(timer) }
}
