import { Violation } from './assert.ts'
import type { Monitor } from './monitor.ts'

/** A promise that rejects when the time is over, and says which calls are under way then. */
export function deadline(
  timeout: number,
  monitor: Monitor,
): { readonly reached: Promise<never>; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const reached = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Violation(`the case ends within ${timeout} ms`, `no end: ${monitor.describe()}`))
    }, timeout)
  })
  reached.catch(() => {})
  return { reached, cancel: () => clearTimeout(timer) }
}
