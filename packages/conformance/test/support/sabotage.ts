import { expect, it, onTestFinished } from 'vitest'
import { type Clause, conformance, type Saboteur, saboteurs } from '../../src/index.ts'

/** Tests that the kit finds the saboteurs of some families, each by the clauses it names and by no others. */
export function findsSaboteurs(isIn: (family: string) => boolean): void {
  const chosen = saboteurs.filter(({ breaks }) => isIn(breaks[0]?.[0] ?? ''))
  it.each(chosen.map(saboteur => [saboteur.name, saboteur] as const))(
    '%s',
    async (_, { subject, breaks, touches }) => {
      ignoreUnhandled()
      const failed = await failedClauses(subject)
      expect(breaks.filter(clause => !failed.has(clause))).toEqual([])
      expect([...failed].filter(clause => !breaks.includes(clause) && !touches.includes(clause))).toEqual([])
    },
  )
}

async function failedClauses(subject: Saboteur['subject']): Promise<Set<Clause>> {
  const failed = new Set<Clause>()
  for (const { clause, run } of conformance(subject)) await run().catch(() => failed.add(clause))
  return failed
}

/** One of the saboteurs lets a rejection go unhandled, which the kit has to find and the runner must not. */
function ignoreUnhandled(): void {
  const ignore = () => {}
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', ignore)
  onTestFinished(() => {
    process.off('unhandledRejection', ignore)
    for (const listener of others) process.on('unhandledRejection', listener)
  })
}
