import { failedWith, retry } from '@kvdol/core/adapter'

const EXHAUSTED = {
  attempts: 7,
  pause: 10,
  longest: 320,
  when: (error: unknown) => failedWith(error, 'EMFILE', 'ENFILE'),
}

/** Tries again for a while when the process is out of descriptors, before anything has been changed. */
export async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  return await retry(work, EXHAUSTED)
}

/** How many operations of one store are under way at once. Each has at most four descriptors open. */
const WIDTH = 32

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
