import { ensure, expectBytes, expectSame } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import type { Evidence } from '../evidence.ts'
import { ending, type Job, openModule, type StoreModule, startJob } from './child.ts'

/** How many processes race, and for how much. */
export interface RaceOptions {
  /** @default 4 */
  readonly processes?: number
  /** Keys to create, or steps of each counter. @default 100 */
  readonly rounds?: number
}

/** Clause W9 across processes: each key is created by exactly one of them, and holds what that one wrote. */
export async function raceToCreate(
  store: StoreModule,
  { processes = 4, rounds = 100 }: RaceOptions = {},
): Promise<Evidence> {
  const keys = Array.from({ length: rounds }, (_, index) => `raced/${index}`)
  const outputs = await race(store, processes, { kind: 'create', keys, rounds, bytes: 0 })
  const opened = await openModule(store)
  try {
    for (const key of keys) {
      const winners = outputs.flatMap((output, client) => (output.includes(key) ? [client] : []))
      expectSame(winners.length, 1, `exactly one of ${processes} processes creates a key`, key)
      expectBytes(await opened.get(key), utf8(`${winners[0]}`), 'the value is the winner’s', key)
    }
  } finally {
    await opened.close()
  }
  return { clause: 'W9', what: `${processes} processes raced to create ${rounds} keys` }
}

/** Clause W10 across processes: what they count together with `update` loses no step. */
export async function raceToCount(
  store: StoreModule,
  { processes = 4, rounds = 100 }: RaceOptions = {},
): Promise<Evidence> {
  await race(store, processes, { kind: 'count', keys: ['counter'], rounds, bytes: 0 })
  const opened = await openModule(store)
  try {
    expectBytes(await opened.get('counter'), utf8(`${processes * rounds}`), 'no step is lost', 'counter')
  } finally {
    await opened.close()
  }
  return { clause: 'W10', what: `${processes} processes counted to ${processes * rounds} together` }
}

/** What each process printed, line by line. */
async function race(store: StoreModule, processes: number, job: Omit<Job, 'client'>): Promise<string[][]> {
  const ends = Array.from({ length: processes }, (_, client) => ending(startJob(store, { ...job, client })))
  const outputs: string[][] = []
  for (const { output, problems, code } of await Promise.all(ends)) {
    ensure(code === 0, 'a racing process ends well', `exit code ${code}: ${problems}`)
    outputs.push(output.split('\n'))
  }
  return outputs
}
