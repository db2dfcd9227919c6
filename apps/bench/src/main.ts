import { writeFileSync } from 'node:fs'
import { allRows } from './all-rows.ts'
import { thisMachine } from './machine.ts'
import { type Options, parseOptions, USAGE } from './options.ts'
import { markdown } from './report/markdown.ts'
import type { Report } from './report/report.ts'
import { table } from './report/table.ts'
import type { Result } from './row.ts'
import { run } from './run.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = parseOptions(args)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    return 2
  }
  if (options.help) {
    console.log(USAGE)
    return 0
  }
  const rows = allRows.filter(({ name, large }) => options.only?.test(name) ?? !(options.quick && large))
  if (rows.length === 0) {
    console.error(
      `No row matches ${options.only}; there are:\n${allRows.map(({ name }) => `  ${name}`).join('\n')}`,
    )
    return 2
  }
  const results = await run(rows, options)
  console.log(table(results))
  save(options, results)
  return 0
}

function save({ json, markdown: page, rounds }: Options, rows: readonly Result[]): void {
  const report: Report = { date: new Date().toISOString().slice(0, 10), machine: thisMachine(), rounds, rows }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`)
  if (page !== undefined) writeFileSync(page, markdown(report))
}
