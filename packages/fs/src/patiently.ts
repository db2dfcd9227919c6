import { failedWith } from './errors.ts'

const PAUSES = [5, 10, 20, 40, 80, 160]

/**
 * Tries again for a third of a second while the system says that somebody else has the file open: on Windows virus
 * scanners and indexers do so for a moment after each write.
 */
export async function patiently(work: () => Promise<void>): Promise<void> {
  for (const pause of PAUSES) {
    try {
      return await work()
    } catch (error) {
      if (!failedWith(error, 'EPERM', 'EBUSY')) throw error
    }
    await wait(pause)
  }
  await work()
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
