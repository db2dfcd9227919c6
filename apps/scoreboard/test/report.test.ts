import { guarantees as declaredBy, memory } from '@kvdol/core'
import { expect, it } from 'vitest'
import type { Contestant } from '../src/peer.ts'
import { markdown } from '../src/report/markdown.ts'
import { type Score, verdicts } from '../src/report/score.ts'
import type { CaseResult } from '../src/trial/result.ts'

const results: CaseResult[] = [
  {
    name: 'K5 one',
    clause: 'K5',
    failure: 'broken\n  wants: this\n  got:   that | `there`\n  key:   "a"\n  often: x',
  },
  { name: 'K5 two', clause: 'K5' },
  { name: 'K6 one', clause: 'K6' },
  { name: 'K6 two', clause: 'K6', skip: 'no order' },
  { name: 'W9 one', clause: 'W9', skip: 'no conditions' },
]

const guarantees = {
  ...declaredBy(memory()),
  atomicOverwrite: false,
  rejects: ['refused'],
  conditions: [],
  batchAtomic: false,
}
const finding = { clauses: ['K5'] as const, says: 'Keys are one.', program: 'unstorage-keys' }
const peer: Contestant = {
  name: 'peer, fs',
  package: 'peer',
  place: 'folder',
  note: 'A note.',
  findings: [finding],
  driver: () => {
    throw new Error('not opened')
  },
}
const score: Score = {
  contestant: peer,
  version: '1.2.3',
  guarantees,
  plain: results,
  encoded: results.slice(1),
  shown: [{ finding, code: 'console.log(1)\n', printed: '1\n' }],
}
const page = markdown({ date: '2026-12-01', kit: '1.0.0', node: 'v20', system: 'linux 6', scores: [score] })

it('counts a clause as broken by one case, and as not applicable where all were skipped', () => {
  expect(verdicts(results)).toEqual({ kept: ['K6'], broken: ['K5'], notApplicable: ['W9'] })
})

it('writes the table, the findings and the failures with their input', () => {
  expect(page).toContain('on 2026-12-01: kit 1.0.0 with 5 cases')
  expect(page).toContain('| peer, fs | 1.2.3 | 1 | 1 | 1 | [K5](contract.md#k5) | none |')
  expect(page).toContain(
    'Version 1.2.3. A note. Declared: readers may see part of a value while it is written; some keys are refused.',
  )
  expect(page).toContain(
    'Keys are one. ([K5](contract.md#k5))\n\n```js\nconsole.log(1)\n```\n\n```text\n1\n```',
  )
  expect(page).toContain('| K5 one | `` that \\| `there` `` | `"a"` |')
})
