// V8 only; elsewhere the stack stays as it is.
const { captureStackTrace } = Error as { captureStackTrace?(error: Error, entry: unknown): void }

/** The same error, its stack beginning with who called `entry`, where the engine can tell. */
export function calledFrom<E extends Error>(error: E, entry: unknown): E {
  if (entry !== undefined) captureStackTrace?.(error, entry)
  return error
}
