import { join } from 'node:path'
import { guarantees } from '@kvdol/core'
import { versionOf } from './facts.ts'
import { printedBy, programText } from './findings.ts'
import type { Contestant } from './peer.ts'
import type { Score } from './report/score.ts'
import { subjectOf } from './subject-of.ts'
import { tryInChild } from './trial/run-child.ts'

/** Tries one row: the kit, plain and under encoded keys, and the programs of its findings. */
export async function scoreOf(contestant: Contestant, program: string, scratch: string): Promise<Score> {
  const { name } = contestant
  const isPeer = 'findings' in contestant
  const trial = (encoded: boolean) =>
    tryInChild(program, { name, encoded }, join(scratch, encoded ? 'encoded' : 'plain'))
  const shown = []
  for (const finding of isPeer ? contestant.findings : [])
    shown.push({
      finding,
      code: programText(finding.program),
      printed: await printedBy(finding.program, join(scratch, 'findings')),
    })
  return {
    contestant,
    version: isPeer ? versionOf(contestant.package) : undefined,
    guarantees: await guaranteesOf(contestant, join(scratch, 'guarantees')),
    plain: await trial(false),
    encoded: isPeer && contestant.encodes ? await trial(true) : undefined,
    shown,
  }
}

async function guaranteesOf(contestant: Contestant, scratch: string): Promise<Score['guarantees']> {
  const store = await subjectOf(contestant, false, scratch).open()
  const declared = guarantees(store)
  await store.close()
  return declared
}
