import type { Contestant } from './row.ts'

/** Nanoseconds for each run, by contestant and round. */
export type Samples = ReadonlyMap<Contestant, readonly number[]>

/** A row of slow contestants ends early, after at least this many rounds. */
const LEAST_ROUNDS = 5

export interface Pace {
  /** Nanoseconds that each contestant runs before it counts, for the compiler to do its work. */
  readonly warmUp: number
  /** Rounds at most. */
  readonly rounds: number
  /** Nanoseconds that each contestant runs in a round: short, so that most samples are not interrupted. */
  readonly sampleTime: number
  /** Milliseconds after which no further round begins. */
  readonly rowTime: number
}

/**
 * Times contestants in turns: in each round every one runs for a short time, and each round begins with another, so
 * that a slow moment of the machine meets all of them.
 */
export async function interleave(
  contestants: readonly Contestant[],
  { warmUp, rounds, sampleTime, rowTime }: Pace,
): Promise<Samples> {
  const samples = new Map<Contestant, number[]>()
  const counts = new Map<Contestant, number>()
  for (const contestant of contestants) {
    samples.set(contestant, [])
    counts.set(contestant, await runsWithin(sampleTime, contestant, warmUp))
  }
  const deadline = performance.now() + rowTime
  for (let round = 0; round < rounds; round++) {
    if (round >= LEAST_ROUNDS && performance.now() > deadline) break
    for (const contestant of rotated(contestants, round)) {
      samples.get(contestant)!.push(await time(contestant, counts.get(contestant)!))
    }
  }
  return samples
}

/** How many runs fill `sampleTime`; finding out also warms the contestant up. */
async function runsWithin(sampleTime: number, contestant: Contestant, warmUp: number): Promise<number> {
  let runs = 1
  for (;;) {
    const each = await time(contestant, runs)
    if (each * runs >= warmUp) return Math.max(1, Math.round(sampleTime / each))
    runs *= 4
  }
}

/** Nanoseconds for each of `runs` runs, one after the other. */
async function time({ run }: Contestant, runs: number): Promise<number> {
  const started = process.hrtime.bigint()
  for (let turn = 0; turn < runs; turn++) await run(turn)
  return Number(process.hrtime.bigint() - started) / runs
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}
