import type { Certificate } from './certify.ts'

/** What shields.io shows of an address that answers with it (`https://shields.io/badges/endpoint-badge`). */
export interface Badge {
  readonly schemaVersion: 1
  readonly label: string
  readonly message: string
  readonly color: string
}

/**
 * A certificate as a badge: the level that was reached, and how many clauses were proved whole.
 *
 * @example
 * ```ts
 * await writeFile('badge.json', JSON.stringify(badge(await certify(subject))))
 * ```
 */
export function badge({ passed, levels, clauses }: Certificate): Badge {
  const verdicts = Object.values(clauses)
  const whole = verdicts.filter(verdict => verdict === 'passed').length
  const level = levels.findLast(({ reached }) => reached)?.name
  const message = passed
    ? `${level ?? 'alone'}, ${whole} of ${verdicts.length} clauses`
    : `${verdicts.filter(verdict => verdict === 'failed').length} clauses broken`
  const color = passed ? (level === 'alone' ? 'yellowgreen' : 'brightgreen') : 'red'
  return { schemaVersion: 1, label: 'kvdol contract', message, color }
}
