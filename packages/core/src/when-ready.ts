import type { MaybePromise } from './driver.ts'

/** Whether `value` is still to come. A value that merely has a `then` of its own is a value. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return value instanceof Promise
}

/** `use(value)`, at once where the value is there already. */
export function whenReady<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(use) : use(value)
}
