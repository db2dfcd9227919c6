/**
 * Waits for all of them, also when one rejects, so that nothing of a case goes on when the case is over; then rejects as
 * the first that did.
 */
export async function together<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(tasks)
  return await Promise.all(tasks)
}
