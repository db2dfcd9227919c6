import { StoreError } from '@kvdol/core'
import { wait } from './patiently.ts'

/** How many operations of one store are under way at once. Each has at most three descriptors open. */
const WIDTH = 32
/** Pauses in milliseconds before trying again when the process has no free descriptor. */
const PAUSES = [5, 20, 50, 100, 200]

/** Runs work, some of it later: bounded in number, and again after a while when the process is out of descriptors. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

export function gate(): Gate {
  let free = WIDTH
  const queue: (() => void)[] = []

  return async work => {
    if (free > 0) free--
    else await new Promise<void>(resolve => queue.push(resolve))
    try {
      return await whenFree(work)
    } finally {
      const next = queue.shift()
      if (next === undefined) free++
      else next()
    }
  }
}

/** Tries again for a while when the process is out of descriptors, before anything has been changed. */
export async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await work()
    } catch (error) {
      if (!isExhausted(error)) throw error
    }
    await wait(pause)
  }
  return await work()
}

function isExhausted(error: unknown): boolean {
  const { code } = (error instanceof StoreError ? (error.cause ?? {}) : (error ?? {})) as { code?: unknown }
  return code === 'EMFILE' || code === 'ENFILE'
}
