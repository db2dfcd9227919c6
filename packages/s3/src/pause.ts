/** How often something is tried again by this package, beside what the SDK does. */
export const RETRIES = 4

/** Waits before trying again: longer each time, and never all callers at once. */
export async function pause(attempt: number): Promise<void> {
  const longest = Math.min(1000, 25 * 2 ** attempt)
  await new Promise(resolve => setTimeout(resolve, longest * (0.5 + Math.random() / 2)))
}
