/** A call that took longer than it may. */
class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/**
 * The result of `work`, or a `DeadlineError` when it has not come after so many milliseconds. Its signal fires then, at
 * which the driver gives up the connection; the call rejects also where it does not.
 *
 * The driver's own `timeoutMS` does nothing any more, and its other deadlines belong to a client, not to a call.
 */
export function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const timer = setTimeout(() => {
      const late = new DeadlineError(`no answer within ${milliseconds} ms`)
      controller.abort(late)
      reject(late)
    }, milliseconds)
    work(controller.signal).then(
      result => {
        clearTimeout(timer)
        resolve(result)
      },
      error => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
