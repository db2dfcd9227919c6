import { createStore } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import { type Clause, conformance, contract, saboteurs } from '../src/index.ts'
import { honest } from '../src/saboteurs/honest.ts'
import { subjectOf } from '../src/saboteurs/saboteur.ts'

/** What no store can break alone, because functions of core do it over the store. */
const OWNED_BY_CORE: readonly Clause[] = ['D5', 'T4', 'T6', 'T7', 'T8', 'T12', 'N7', 'N11']

const onStores = (Object.keys(contract) as Clause[]).filter(clause => !clause.startsWith('Q'))

describe('the honest driver under the saboteurs', () => {
  const subject = subjectOf('honest', place => createStore(honest(place)))
  for (const { name, run } of conformance(subject)) it(name, run)
})

describe('saboteurs', () => {
  it('leave no clause out that a store can break', () => {
    const broken = new Set(saboteurs.flatMap(({ breaks }) => breaks))
    expect(onStores.filter(clause => !broken.has(clause))).toEqual(OWNED_BY_CORE)
  })

  it('have names of their own', () => {
    expect(new Set(saboteurs.map(({ name }) => name)).size).toBe(saboteurs.length)
  })
})
