import { createStore } from '@kvdol/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Clause, conformance, contract, saboteurs } from '../src/index.ts'
import { honest } from '../src/saboteurs/honest.ts'
import { subjectOf } from '../src/saboteurs/saboteur.ts'

/** What no store can break, because it is done by functions of core over the store. */
const OWNED_BY_CORE: readonly Clause[] = ['D5', 'T4', 'T6', 'T7', 'T8', 'T12']

const onStores = (Object.keys(contract) as Clause[]).filter(clause => !clause.startsWith('Q'))

describe('the honest driver under the saboteurs', () => {
  const subject = subjectOf('honest', place => createStore(honest(place)))
  for (const { name, run } of conformance(subject)) it(name, run)
})

describe('saboteurs', () => {
  it.each(saboteurs.map(saboteur => [saboteur.name, saboteur] as const))('%s', async (_, { subject, breaks, touches }) => {
    // One of them lets a rejection go unhandled, which is what the kit has to find.
    const ignore = () => {}
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', ignore)
    onTestFinished(() => {
      process.off('unhandledRejection', ignore)
      for (const listener of others) process.on('unhandledRejection', listener)
    })
    const failed = new Set<Clause>()
    for (const { clause, run } of conformance(subject)) await run().catch(() => failed.add(clause))
    expect(breaks.filter(clause => !failed.has(clause))).toEqual([])
    expect([...failed].filter(clause => !breaks.includes(clause) && !touches.includes(clause))).toEqual([])
  })

  it('leave no clause out that a store can break', () => {
    const broken = new Set(saboteurs.flatMap(({ breaks }) => breaks))
    expect(onStores.filter(clause => !broken.has(clause))).toEqual(OWNED_BY_CORE)
  })
})
