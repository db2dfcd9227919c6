import { expect, it, onTestFinished } from 'vitest'
import { type Clause, conformance, type Saboteur, saboteurs } from '../../src/index.ts'

/** Whether every saboteur goes through the whole kit, which proves the third column of the table as well. */
const everything = process.env.KVDOL_TEST_VARIANTS === 'all'

/** Tests that the kit finds the saboteurs of some families, each by the clauses it names, and in the long run by no others. */
export function findsSaboteurs(isIn: (family: string) => boolean): void {
  const chosen = saboteurs.filter(({ breaks }) => isIn(breaks[0]?.[0] ?? ''))
  it.each(chosen.map(saboteur => [saboteur.name, saboteur] as const))(
    '%s',
    async (_, { subject, breaks, touches }) => {
      const unhandled = noteUnhandled()
      const failed = await failedClauses(subject, breaks)
      // Rejections are told of when the event loop has turned, so that none is taken for one of the next saboteur.
      await new Promise(resolve => setImmediate(resolve))
      // The kit lets nothing go on that it started, whatever a store does.
      if (!breaks.includes('C9')) expect(unhandled).toEqual([])
      expect(breaks.filter(clause => !failed.has(clause))).toEqual([])
      expect([...failed].filter(clause => !breaks.includes(clause) && !touches.includes(clause))).toEqual([])
    },
  )
}

async function failedClauses(subject: Saboteur['subject'], breaks: readonly Clause[]): Promise<Set<Clause>> {
  const failed = new Set<Clause>()
  const fails = async (cases: ReturnType<typeof conformance>) => {
    for (const { clause, run } of cases)
      if (everything || !failed.has(clause)) await run().catch(() => failed.add(clause))
  }
  if (everything) await fails(conformance(subject))
  // Most lies come out at once; for the others it takes more keys or rounds.
  else
    for (const scale of ['smoke', 'quick'] as const)
      await fails(
        conformance({ ...subject, scale }).filter(({ clause }) => clause === 'O1' || breaks.includes(clause)),
      )
  return failed
}

/** Rejections that nobody handles: one of the saboteurs lets them go, which the kit has to find and the runner must not. */
function noteUnhandled(): unknown[] {
  const unhandled: unknown[] = []
  const note = (error: unknown) => void unhandled.push(error)
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', note)
  onTestFinished(() => {
    process.off('unhandledRejection', note)
    for (const listener of others) process.on('unhandledRejection', listener)
  })
  return unhandled
}
