import { type Clause, contract } from './contract.ts'
import type { Explanation } from './explanations/explanation.ts'
import { EXPLANATIONS } from './explanations/explanations.ts'
import { linkOf, USUAL_CAUSES } from './usual-causes.ts'

/**
 * A clause for the author of a store, who has to keep it: what it promises and protects from, what usually breaks it, by kind of storage,
 * and a fix.
 *
 * @throws TypeError for what is no clause
 * @example
 * ```ts
 * console.log(explain('W10'))
 * ```
 */
export function explain(clause: Clause): string {
  const found = EXPLANATIONS.find(({ clauses }) => clauses.includes(clause))
  if (found === undefined)
    throw new TypeError(
      `explain: there is no clause ${String(clause)}; there are ${Object.keys(contract).join(', ')}`,
    )
  const { protects, causes, fix }: Explanation = found
  return [
    `${clause}  ${contract[clause]}`,
    `protects from: ${protects}`,
    `often:    ${USUAL_CAUSES[clause]}`,
    `files:    ${causes.files}`,
    `SQL:      ${causes.sql}`,
    `services: ${causes.service}`,
    'fix:',
    fix.replace(/^/gm, '  '),
    `see:      ${linkOf(clause)}`,
  ].join('\n')
}
