import { together } from './together.ts'

/** How many calls a case has under way at once, where their order does not matter. */
const AT_ONCE = 8

/**
 * Does the work on each of the items, some of them at once, so that a backend far away does not answer one by one. Ends
 * when all that was begun has ended, also when one rejects.
 */
export async function eachAtOnce<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items].values()
  await together(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of left) await work(item)
    }),
  )
}
