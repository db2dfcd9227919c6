// Holds stores of other libraries to the contract and writes docs/scoreboard.md; with names of rows, only prints those.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contestantNamed, contestants } from './contestants.ts'
import { system, versionOf } from './facts.ts'
import type { Contestant } from './peer.ts'
import { markdown } from './report/markdown.ts'
import type { Score } from './report/score.ts'
import { scoreOf } from './score-of.ts'
import { withScratch } from './scratch.ts'
import { tryHere } from './trial/try-here.ts'

const PROGRAM = fileURLToPath(import.meta.url)
const PAGE = fileURLToPath(new URL('../../../docs/scoreboard.md', import.meta.url))

/** Rows that are tried at a time: few, because some cases are races against the clock. */
const AT_ONCE = 2

const args = process.argv.slice(2)
if (args[0] === '--try') await tryHere(args.slice(1))
else if (args.length > 0) console.log(await page(args.map(contestantNamed)))
else writeFileSync(PAGE, await page(contestants))

async function page(rows: readonly Contestant[]): Promise<string> {
  return markdown({
    date: new Date().toISOString().slice(0, 10),
    kit: versionOf('@kvdol/conformance'),
    node: process.version,
    system: system(),
    scores: await withScratch(scratch => scores(rows, scratch)),
  })
}

async function scores(rows: readonly Contestant[], scratch: string): Promise<Score[]> {
  const found: Score[] = []
  const queue = [...rows.entries()]
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, contestant] = next
      process.stderr.write(`${contestant.name} …\n`)
      found[index] = await scoreOf(contestant, PROGRAM, join(scratch, String(index)))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return found
}
