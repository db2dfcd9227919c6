import { type ChildReport, runChild } from '../child/run-child.ts'
import type { WorkName } from '../child/work.ts'
import { judge } from '../judge.ts'
import type { Measured, Result, Role, Row } from '../row.ts'
import { ratios, summarize } from '../statistics.ts'

const FLAT = 64 * 1024 ** 2
const ROUNDS = 3

/** Work that must not be held in memory, each time in a process of its own, whose memory is then its own too. */
export const largeRows: readonly Row[] = [
  {
    name: 'list 100,000 files',
    large: true,
    measure: (scratch, { rounds }) =>
      duel('list 100,000 files', scratch.tree(100_000, 1000), rounds, {
        raw: ['raw-list', 'readdir, recursive, with types'],
        ours: ['our-list', 'files'],
      }),
  },
  {
    name: 'stream 1 GiB',
    large: true,
    measure: async (scratch, { rounds }) => {
      const folder = scratch.folder('film')
      const written = await duel('write 1 GiB by stream', folder, rounds, {
        raw: ['raw-write', 'createWriteStream, not atomic'],
        ours: ['our-write', 'files'],
      })
      const read = await duel('read 1 GiB by stream', folder, rounds, {
        raw: ['raw-read', 'createReadStream'],
        ours: ['our-read', 'files'],
      })
      return [...written, ...read]
    },
  },
]

type Contestants = Readonly<Record<'raw' | 'ours', readonly [work: WorkName, name: string]>>
type Reports = Readonly<Record<'raw' | 'ours', readonly ChildReport[]>>

/** Runs both in turns; gives a line for the time and one for the memory. */
async function duel(
  row: string,
  folder: string,
  rounds: number,
  contestants: Contestants,
): Promise<Result[]> {
  const reports = { raw: [] as ChildReport[], ours: [] as ChildReport[] }
  for (let round = 0; round < Math.min(ROUNDS, rounds); round++) {
    reports.raw.push(await runChild(contestants.raw[0], folder))
    reports.ours.push(await runChild(contestants.ours[0], folder))
  }
  const lines = { raw: contestants.raw[1], ours: contestants.ours[1] }
  return [time(`${row}, time`, lines, reports), memory(`${row}, growth of memory`, lines, reports)]
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

function memory(row: string, names: Names, { raw, ours }: Reports): Result {
  const grew = (reports: readonly ChildReport[]) => reports.map(({ growth }) => growth)
  const measured = [line(names.raw, 'raw', grew(raw)), line(names.ours, 'ours', grew(ours))]
  return judge({ row, unit: 'bytes', budget: { bytes: FLAT }, measured, absent: [] })
}

function line(name: string, role: Role, values: readonly number[]): Measured {
  return { name, role, value: summarize(values) }
}
