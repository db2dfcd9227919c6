import { absentReason, type Entry } from './entry.ts'
import { judge } from './judge.ts'
import type { Absent, Contestant, Measured, Result, Row } from './row.ts'
import type { Scratch } from './scratch.ts'
import { ratios, summarize } from './statistics.ts'
import { interleave, type Samples } from './timing.ts'

const SAMPLE_TIME = 5e6
const THOROUGH = { warmUp: 200e6, rowTime: 10_000 }
const QUICK = { warmUp: 50e6, rowTime: 1500 }

/** A row that compares times; `times` is the budget, a multiple of the raw contestant. */
export function timedRow(
  name: string,
  times: number | undefined,
  entries: (scratch: Scratch) => readonly Entry[] | Promise<readonly Entry[]>,
): Row {
  return {
    name,
    async measure(scratch, { rounds, quick }) {
      const { contestants, absent } = await gather(await entries(scratch))
      const samples = await interleave(contestants, {
        rounds,
        sampleTime: SAMPLE_TIME,
        ...(quick ? QUICK : THOROUGH),
      })
      return [compare(name, times, samples, absent)]
    },
  }
}

/** The result of samples: medians, and ratios to the raw contestant. */
export function compare(
  row: string,
  times: number | undefined,
  samples: Samples,
  absent: readonly Absent[],
): Result {
  const [, base] = [...samples].find(([{ role }]) => role === 'raw')!
  const measured = [...samples].map(([{ run: _, ...contestant }, numbers]): Measured => {
    const value = summarize(numbers)
    return contestant.role === 'raw'
      ? { ...contestant, value }
      : { ...contestant, value, ratio: summarize(ratios(numbers, base)) }
  })
  return judge({
    row,
    unit: 'nanoseconds',
    ...(times !== undefined && { budget: { times } }),
    measured,
    absent,
  })
}

/** Opens the contestants; one that cannot be opened is absent, unless it is raw or ours. */
async function gather(entries: readonly Entry[]): Promise<{ contestants: Contestant[]; absent: Absent[] }> {
  const contestants: Contestant[] = []
  const absent: Absent[] = []
  for (const { open, ...contestant } of entries) {
    try {
      contestants.push({ ...contestant, run: await open() })
    } catch (error) {
      if (contestant.role !== 'peer') throw error
      absent.push({ name: contestant.name, reason: absentReason(error) })
    }
  }
  return { contestants, absent }
}
