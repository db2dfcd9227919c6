import { userFailure } from './user-failure.ts'

/** The items of a source that the user gave, with its failures told apart from the store's. */
export function* blamed<T>(source: Iterable<T>): Generator<T, void, undefined> {
  try {
    yield* source
  } catch (error) {
    throw failure(error)
  }
}

/** The same for a source that answers later. */
export async function* blamedLater<T>(
  source: Iterable<T> | AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    for await (const item of source) yield item
  } catch (error) {
    throw failure(error)
  }
}

function failure(error: unknown): Error {
  return userFailure('Aborted', 'the source failed', error)
}
