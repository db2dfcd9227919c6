import type { Clause } from '@kvdol/conformance'
import type { Contestant, Peer } from '../peer.ts'
import type { CaseResult } from '../trial/result.ts'
import { links, row } from './cells.ts'
import { declared } from './declared.ts'
import { failures } from './failures.ts'
import { type Score, type Shown, verdicts } from './score.ts'

/** A whole run. */
export interface Report {
  /** `'2026-12-01'` */
  readonly date: string
  readonly kit: string
  readonly node: string
  readonly system: string
  readonly scores: readonly Score[]
}

/** The page: the table, what users of each library meet, and every failure with its input. */
export function markdown({ date, kit, node, system, scores }: Report): string {
  const cases = scores[0]?.plain.length ?? 0
  return `# Scoreboard

Stores of other libraries, held to [the contract](contract.md) as kvdol's own stores are: each through a [driver of a few lines](../apps/scoreboard/README.md) and [the kit](../packages/conformance/README.md).

Written by \`npm run scoreboard\` on ${date}: kit ${kit} with ${cases} cases in its quick scale, Node ${node}, ${system}.

## How to read it

- The contract is kvdol's. A broken clause is not a broken promise of the library: most never made it, and some were made for another purpose. It tells what a program meets that moves between storages and relies on the contract.
- Each driver takes the documented interface in its most favourable way. It declares only what the library can have; an error about a key counts as a refusal; values that are given by reference are copied.
- _Not applicable_ are clauses about what a store does not declare or have, such as conditions, an order or a second process, and those for which the kit needs help of the backend that is not given here, such as an abandoned lock.
- _Encoded keys_ is the same driver under \`encodedKeys\` of \`@kvdol/core/adapter\`, which writes every key as a path that all storages can hold: the clauses that are still broken then. Where keys make no trouble it is not tried.
- A store that declares that readers may see part of a value is not tried for W2; the same can show in W3, W7 and M2.
- C3 tries a call that its caller gives up. A library that takes no abort signal goes on with it, so an older write may come after a newer one.
- Races (W3, W7, W8, L3, C3, M2) are tried a few times each. A store that passed may have one, and another run may find others.

## The table

| store | version | kept | broken | not applicable | broken clauses | broken with encoded keys |
|---|---|---|---|---|---|---|
${scores.map(line).join('\n')}

Every clause that applies is kept by ${namesOf(scores, ({ plain }) => plain)}; with encoded keys also by ${namesOf(scores, ({ plain, encoded }) => (isWhole(plain) ? undefined : encoded))}.

## What users meet

Each program uses the library alone, without kvdol; below it is what it printed in this run.
${scores.map(score => chapter(score, scores)).join('')}
## Every failure

Each case that failed, in the words of the kit.
${scores.map(failures).join('')}
## What is left out

- LangChain's \`LocalFileStore\`, because its package brings many others along that are not needed here.
- Stores that need a server or an account.
- The clause N10, which measures milliseconds and would also tell of what else the machine does.
`
}

function line({ contestant, version, plain, encoded }: Score): string {
  const { kept, broken, notApplicable } = verdicts(plain)
  return row([
    contestant.name,
    version ?? '',
    kept.length,
    broken.length,
    notApplicable.length,
    links(broken) || 'none',
    encoded === undefined ? 'not tried' : links(verdicts(encoded).broken) || 'none',
  ])
}

function chapter(score: Score, scores: readonly Score[]): string {
  const { contestant, version, guarantees, shown, plain, encoded = [] } = score
  if (!isPeer(contestant)) return ''
  const broken = [...verdicts(plain).broken, ...verdicts(encoded).broken]
  const earlier = scores.slice(0, scores.indexOf(score))
  const firstWith = ({ finding: { program } }: Shown) =>
    earlier.find(other => other.shown.some(each => each.finding.program === program))
  const said = [`Version ${version}.`, contestant.note, declared(guarantees)].filter(Boolean).join(' ')
  return `
### ${contestant.name}

${said}
${shown.map(each => finding(each, broken, firstWith(each)?.contestant)).join('')}`
}

const isWhole = (results: readonly CaseResult[]) => verdicts(results).broken.length === 0

/** The stores for which nothing in these results is broken. */
function namesOf(scores: readonly Score[], of: (score: Score) => readonly CaseResult[] | undefined): string {
  const names = scores
    .filter(score => of(score) && isWhole(of(score)!))
    .map(({ contestant }) => contestant.name)
  return names.length === 0 ? 'none' : names.join('; ')
}

const isPeer = (contestant: object): contestant is Peer => 'findings' in contestant

/** A finding, with those of its clauses that are broken; its program only where it is shown for the first time. */
function finding(
  { finding: { clauses, says }, code, printed }: Shown,
  broken: readonly Clause[],
  above: Contestant | undefined,
): string {
  const own = clauses.filter(clause => broken.includes(clause))
  const told = own.length === 0 ? says : `${says} (${links(own)})`
  if (above !== undefined) return `\n${told} The program is that of _${above.name}_.\n`
  return `
${told}

\`\`\`js
${code.trim()}
\`\`\`

\`\`\`text
${printed.trim()}
\`\`\`
`
}
