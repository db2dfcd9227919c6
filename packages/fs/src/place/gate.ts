import type { MaybePromise } from '@kvdol/core'
import { failedWith, isPromise, retry } from '@kvdol/core/adapter'

const EXHAUSTED = {
  attempts: 7,
  pause: 10,
  longest: 320,
  when: (error: unknown) => failedWith(error, 'EMFILE', 'ENFILE'),
}

/** Tries again for a while when the process is out of descriptors, before anything has been changed. */
export function whenFree<T>(work: () => MaybePromise<T>): MaybePromise<T> {
  return retry(work, EXHAUSTED)
}

/** How many operations of one store are under way at once. Each has at most four descriptors open. */
const WIDTH = 32

/** Runs work, some of it later: bounded in number, and again after a while when the process is out of descriptors. */
export type Gate = <T>(work: () => MaybePromise<T>) => MaybePromise<T>

export function gate(): Gate {
  let free = WIDTH
  const queue: (() => void)[] = []
  const leave = () => {
    const next = queue.shift()
    if (next === undefined) free++
    else next()
  }

  return work => {
    if (free === 0) return new Promise<void>(resolve => queue.push(resolve)).then(() => enter(work))
    free--
    return enter(work)
  }

  function enter<T>(work: () => MaybePromise<T>): MaybePromise<T> {
    let result: MaybePromise<T> | undefined
    try {
      result = whenFree(work)
      return isPromise(result) ? result.finally(leave) : result
    } finally {
      if (!isPromise(result)) leave()
    }
  }
}
