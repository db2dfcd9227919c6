import type { MaybePromise } from '../../driver.ts'
import { printValue } from '../../print-key.ts'
import { invalid } from '../../view/options.ts'
import { isUserFailure, userFailure } from '../../view/user-failure.ts'
import { isPromise, whenReady } from '../../when-ready.ts'

/**
 * What a function that a layer was given answers; `what` names it (`'the policy of onOverwrite'`). Its failure is that
 * function's, at the key of the call, and never an answer of the store.
 */
export function asked<T>(what: string, ask: () => MaybePromise<T>): MaybePromise<T> {
  const fail = (error: unknown): never => {
    throw isUserFailure(error) ? error : userFailure('InvalidArgument', `${what} failed`, error)
  }
  try {
    const answer = ask()
    return isPromise(answer) ? answer.catch(fail) : answer
  } catch (error) {
    return fail(error)
  }
}

/** The same for a function that answers true or false, at once or later. Throws `InvalidArgument` for another answer. */
export function askedWhether(what: string, ask: () => MaybePromise<unknown>): MaybePromise<boolean> {
  return whenReady(asked(what, ask), answer => {
    if (typeof answer === 'boolean') return answer
    throw invalid(`${what} answers true or false, not ${printValue(answer)}`)
  })
}

/** The same for a function that has to answer at once. */
export function askedAtOnce(what: string, ask: () => unknown): boolean {
  const answer = asked<unknown>(what, ask)
  if (typeof answer === 'boolean') return answer
  throw invalid(`${what} answers true or false at once, not ${printValue(answer)}`)
}
