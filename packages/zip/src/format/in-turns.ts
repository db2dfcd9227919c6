/** Milliseconds of work after which other work of the event loop gets its turn. */
const TURN = 8
/** So many steps are made without looking at the clock. */
const STEPS = 512

/** Called in each step of a long loop: a promise to await, when it is the turn of other work. */
export type Pause = () => Promise<void> | undefined

/** Lets a long loop give way. */
export function inTurns(): Pause {
  let steps = 0
  let began = performance.now()
  return () => {
    if (++steps % STEPS !== 0 || performance.now() - began < TURN) return undefined
    return new Promise(resolve => {
      setImmediate(() => {
        began = performance.now()
        resolve()
      })
    })
  }
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
    await pause()
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
