import type { MaybePromise } from '../driver.ts'
import type { ReadOptions } from '../store.ts'
import { isPromise } from '../when-ready.ts'
import type { AnyView, Work } from './any-view.ts'
import { refusal } from './calls.ts'

/**
 * One call of a layer on the store below it: as `View.run`, but an answer that the driver has at once is given at once.
 * The options are the layer's own, which its store has checked, and the layer's store watches the signal.
 */
export function atOnce<T>(
  view: AnyView,
  op: string,
  key: unknown,
  value: unknown,
  options: ReadOptions,
  work: Work<T>,
): MaybePromise<T> {
  const { source } = view
  // Closing waits for calls under way where there is something to release.
  const counts = source.driver.over === undefined || source.driver.close !== undefined
  if (counts) source.active++
  let result: MaybePromise<T>
  try {
    view.assertOpen(options.signal)
    result = work(view, key, value, options)
  } catch (error) {
    if (counts) source.leave()
    throw told(view, op, key, error)
  }
  if (!isPromise(result)) {
    if (counts) source.leave()
    return result
  }
  return result.then(
    answer => {
      if (counts) source.leave()
      return answer
    },
    error => {
      if (counts) source.leave()
      throw told(view, op, key, error)
    },
  )
}

function told(view: AnyView, op: string, key: unknown, error: unknown): unknown {
  return view.wrap(op, key, op === 'set' ? refusal(view, key, error) : error)
}
