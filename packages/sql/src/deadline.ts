import { StoreError } from '@kvdol/core'

/** The result, or `Timeout` after so many milliseconds; `late` is called then, to give up what hangs. */
export function deadline<T>(
  result: Promise<T>,
  milliseconds: number,
  late: () => void,
  outcome: StoreError['outcome'],
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      late()
      reject(new StoreError('Timeout', `the database did not answer within ${milliseconds} ms`, { outcome }))
    }, milliseconds)
    result.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
