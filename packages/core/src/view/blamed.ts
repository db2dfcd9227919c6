import { isUserFailure, userFailure } from './user-failure.ts'

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

/** A source that a store above this one has checked says itself what is wrong with it. */
function failure(error: unknown): Error {
  return isUserFailure(error) ? error : userFailure('Aborted', 'the source failed', error)
}
