/** Steps of a long loop after which other work of the event loop gets its turn: about a millisecond, also when the code is cold. */
const STEPS = 256

/**
 * Called in each step of a long loop: a promise to await, when it is the turn of other work. `steps` is how many short
 * steps this one is worth.
 */
export type Pause = (steps?: number) => Promise<void> | undefined

/** Lets a long loop give way. Steps are counted, not timed: a clock would be met by the work of other processes. */
export function inTurns(): Pause {
  let left = STEPS
  let turn: Promise<void> | undefined
  return (steps = 1) => {
    left -= steps
    if (left > 0) return undefined
    left = STEPS
    // What is under way at the same time has to wait for different turns.
    turn = turn?.then(nextTurn) ?? nextTurn()
    return turn
  }
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => void setImmediate(resolve))
}

/** Sorted as by `toSorted`, in runs that are merged, so that no step takes long. */
export async function sortedInTurns<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  pause: Pause,
): Promise<readonly T[]> {
  let runs: (readonly T[])[] = []
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).sort(compare))
    await pause(RUN)
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = []
    for (let at = 0; at < runs.length; at += 2)
      merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare, pause))
    runs = merged
  }
  return runs[0] ?? []
}

const RUN = 4096

async function merge<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (a: T, b: T) => number,
  pause: Pause,
): Promise<T[]> {
  const merged: T[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const left = j === b.length || (i < a.length && compare(a[i] as T, b[j] as T) <= 0)
    merged.push((left ? a[i++] : b[j++]) as T)
    const turn = pause()
    if (turn !== undefined) await turn
  }
  return merged
}
