import type fs from 'node:fs'
import { failedWith } from '@kvdol/core/adapter'

/** What of `node:fs` is called. */
export type FsCalls = Omit<typeof fs, 'promises'>

export type Done<T> = (error: Error | null, value: T) => void

/** One callback of `node:fs` as a promise; much cheaper than `fs.promises`, which wraps descriptors in objects. */
export function call<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)))
  })
}

export const asVoid = (done: Done<void>) => (error: Error | null) => done(error)
/** What is not there is `undefined`, as with `throwIfNoEntry: false`. */
export const orNothing =
  <T>(done: Done<T | undefined>): Done<T> =>
  (error, value) =>
    failedWith(error, 'ENOENT') ? done(null, undefined) : done(error, value)
