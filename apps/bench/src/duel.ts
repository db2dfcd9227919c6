import { type ChildReport, runChild } from './child/run-child.ts'
import type { WorkName } from './child/work.ts'
import { judge } from './judge.ts'
import type { Measured, Result, Role } from './row.ts'
import { ratios, summarize } from './statistics.ts'

/** What a process that streams may grow by, in bytes. */
const FLAT = 64 * 1024 ** 2
const ROUNDS = 3

/** What each side does, and its name in the table. */
export type Contestants = Readonly<Record<'raw' | 'ours', readonly [work: WorkName, name: string]>>
type Reports = Readonly<Record<'raw' | 'ours', readonly ChildReport[]>>

/**
 * Runs both in processes of their own, in turns; gives a line for the time and one for the memory, which may grow by
 * `most` bytes.
 */
export async function duel(
  row: string,
  place: string,
  rounds: number,
  contestants: Contestants,
  most = FLAT,
): Promise<Result[]> {
  const reports = { raw: [] as ChildReport[], ours: [] as ChildReport[] }
  for (let round = 0; round < Math.min(ROUNDS, rounds); round++) {
    reports.raw.push(await runChild(contestants.raw[0], place))
    reports.ours.push(await runChild(contestants.ours[0], place))
  }
  const lines = { raw: contestants.raw[1], ours: contestants.ours[1] }
  return [time(`${row}, time`, lines, reports), memory(`${row}, growth of memory`, lines, reports, most)]
}

type Names = Readonly<Record<'raw' | 'ours', string>>

function time(row: string, names: Names, { raw, ours }: Reports): Result {
  const took = (reports: readonly ChildReport[]) => reports.map(({ nanoseconds }) => nanoseconds)
  const measured = [
    line(names.raw, 'raw', took(raw)),
    { ...line(names.ours, 'ours', took(ours)), ratio: summarize(ratios(took(ours), took(raw))) },
  ]
  return judge({ row, unit: 'nanoseconds', measured, absent: [] })
}

function memory(row: string, names: Names, { raw, ours }: Reports, bytes: number): Result {
  const grew = (reports: readonly ChildReport[]) => reports.map(({ growth }) => growth)
  const measured = [line(names.raw, 'raw', grew(raw)), line(names.ours, 'ours', grew(ours))]
  return judge({ row, unit: 'bytes', budget: { bytes }, measured, absent: [] })
}

function line(name: string, role: Role, values: readonly number[]): Measured {
  return { name, role, value: summarize(values) }
}
