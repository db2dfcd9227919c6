import type { MaybePromise } from '@kvdol/core'

/** Whether a value is still to come. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return value instanceof Promise
}

/** `use(value)`, at once where the value is there already. */
export function whenReady<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(use) : use(value)
}

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
