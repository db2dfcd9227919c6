import { budgetText, quantity, score, significant, verdict } from '../format.ts'
import type { Measured, Result } from '../row.ts'
import type { Report } from './report.ts'
import { label } from './table.ts'

/** A report as a page: the table, then how it was made and what it does not tell. */
export function markdown({ date, machine, rounds, rows }: Report): string {
  const { cores, processor, system, node } = machine
  return `# Performance

Written by \`npm run bench -- --markdown docs/performance.md\` on ${date}: ${cores} cores (${processor}), ${system}, Node ${node}.

×1.20 (1.15–1.31) means: 1.20 times what the raw calls take; half of the rounds lay between 1.15 and 1.31 times.

| work | raw | kvdol | budget | met | others |
|---|---|---|---|---|---|
${rows.map(line).join('\n')}

${missed(rows)}

## How it is measured

- All contestants of a row run in one process, in turns: each round gives every one a few milliseconds (or one run, if that takes longer) and begins with another. A ratio is taken within a round; shown are the median and the quartiles of at most ${rounds} rounds.
- *Raw* is the shortest code on the platform that does the same work. Where a peer does less or more, its note says so: what is not copied, not atomic, or hashed cannot be compared directly.
- Files are small and in the operating system's cache, so the rows about files show the cost of calls, not of a disk.
- Nothing is flushed to the disk; \`files\` has \`sync: 'none'\`, its default, as \`writeFile\` does.
- SQLite is in WAL mode with \`synchronous = NORMAL\` on our side and on the raw one; \`sqlite\` itself defaults to \`'full'\`, where flushing takes most of a write. What a write costs depends on when the log is copied back, so its spread is wide.
- The floor of an atomic write is \`writeFile and rename\`; what a rename over a file costs depends on the file system.
- Growth of memory is the largest resident size of a process that does nothing else, less its size before the work. It includes what the garbage collector had not yet taken back.

## What it does not tell

- The rows about files vary by a third from run to run, and by more when the machine is busy. Differences within the quartiles mean nothing.
- One call follows the other, except where a row tells how many are in flight.
- Servers run on the same machine and take its time too, which draws their rows together. MongoDB is FerretDB over PostgreSQL, S3 is MinIO.
- A budget that is met here may be missed on another machine.
${leftOut(rows)}`
}

function line({ row, unit, budget, measured, met }: Result): string {
  const base = measured.find(({ role }) => role === 'raw')
  const own = measured.find(({ role }) => role === 'ours')
  const cells = [
    row,
    base === undefined ? '–' : `${quantity(base.value.median, unit)} (${base.name})`,
    own === undefined ? '–' : score(own, unit),
    budgetText(budget),
    verdict(met),
    measured
      .filter(({ role }) => role === 'peer')
      .map(other => short(other, unit))
      .join('; '),
  ]
  return `| ${cells.join(' | ')} |`
}

function short({ name, note, value, ratio }: Measured, unit: Result['unit']): string {
  const told = ratio === undefined ? quantity(value.median, unit) : `×${significant(ratio.median)}`
  return `${label(name, note)} ${told}`
}

function missed(rows: readonly Result[]): string {
  const names = rows.filter(({ met }) => met === false).map(({ row }) => row)
  return names.length === 0 ? 'Every budget is met.' : `Budgets missed: ${names.join('; ')}.`
}

function leftOut(rows: readonly Result[]): string {
  const reasons = new Set(
    rows.flatMap(({ absent }) => absent.map(({ name, reason }) => `- ${name} took no part: ${reason}\n`)),
  )
  return [...reasons].join('')
}
