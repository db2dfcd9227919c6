import type { MaybePromise } from '@kvdol/core'
import { isPromise } from '@kvdol/core/adapter'

/** Does `work` for each item, one after the other, without a promise as long as none is needed. */
export function eachInTurn<T>(
  items: readonly T[],
  work: (item: T) => MaybePromise<unknown>,
  from = 0,
): MaybePromise<void> {
  for (let index = from; index < items.length; index++) {
    const done = work(items[index] as T)
    if (isPromise(done)) return done.then(() => eachInTurn(items, work, index + 1))
  }
}
