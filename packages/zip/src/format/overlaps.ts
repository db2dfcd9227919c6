import { LENGTH } from './constants.ts'
import { type Entry, nameLength } from './entry.ts'
import { type Pause, sortedInTurns } from './in-turns.ts'

const OVERLAP = 'its bytes are those of another entry as well'

/**
 * Tells each entry where the next thing in the file begins, and marks those that share bytes with others or reach into
 * the directory: small files that unpack to immense ones are made so. Gives where the first one begins.
 */
export async function findOverlaps(
  entries: readonly Entry[],
  directory: number,
  pause: Pause,
): Promise<number> {
  const ordered = await inOrder(entries, pause)
  let last: Entry | undefined
  let reached = 0
  for (let index = 0; index < ordered.length; index++) {
    const entry = ordered[index] as Entry
    const turn = pause()
    if (turn !== undefined) await turn
    const least = entry.offset + LENGTH.local + nameLength(entry) + entry.compressed
    entry.end = Math.min(ordered[index + 1]?.offset ?? directory, directory)
    if (least > directory || entry.offset < 0) mark(entry, 'it is not where the directory says')
    if (last !== undefined && entry.offset < reached) {
      mark(last, OVERLAP)
      mark(entry, OVERLAP)
    }
    if (least > reached) {
      reached = least
      last = entry
    }
  }
  return Math.min(ordered[0]?.offset ?? directory, directory)
}

function mark(entry: Entry, problem: string): void {
  entry.problem ??= problem
  entry.misplaced = true
}

/** By position in the file. */
async function inOrder(entries: readonly Entry[], pause: Pause): Promise<readonly Entry[]> {
  let before = Number.NEGATIVE_INFINITY
  for (const { offset } of entries) {
    if (offset < before) return await sortedInTurns(entries, (a, b) => a.offset - b.offset, pause)
    before = offset
    const turn = pause(1 / 16)
    if (turn !== undefined) await turn
  }
  return entries
}
