/** How many requests the rows about servers have under way at once. */
export const IN_FLIGHT = 64

/** Calls `work` for each item, {@link IN_FLIGHT} at a time. */
export async function inFlight<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length) await work(items[next++] as T)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
}
