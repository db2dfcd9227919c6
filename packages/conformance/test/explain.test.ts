import { describe, expect, it } from 'vitest'
import { EXPLANATIONS } from '../src/explanations/explanations.ts'
import { type Clause, contract, explain } from '../src/index.ts'

const clauses = Object.keys(contract) as Clause[]

describe('explain', () => {
  it('knows every clause, each in one group', () => {
    expect(EXPLANATIONS.flatMap(group => group.clauses).sort()).toEqual([...clauses].sort())
  })

  it.each(clauses)('%s: what it protects from, causes by storage, a fix and the link', clause => {
    const text = explain(clause)
    for (const part of [contract[clause], 'protects from: ', 'often:', 'files:', 'SQL:', 'services:', 'fix:'])
      expect(text).toContain(part)
    expect(text).toMatch(new RegExp(`docs/contract\\.md#${clause.toLowerCase()}$`))
  })

  it('fixes in five lines at most', () => {
    for (const { clauses, fix } of EXPLANATIONS)
      expect([clauses[0], fix.split('\n').length <= 5]).toEqual([clauses[0], true])
  })

  it('refuses what is no clause', () => {
    expect(() => explain('X9' as Clause)).toThrow(/no clause X9; there are O1, K1/)
  })
})
