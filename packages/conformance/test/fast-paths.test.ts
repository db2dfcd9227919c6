import { METHODS } from '@kvdol/core/adapter'
import { describe, expect, it } from 'vitest'
import { rows } from '../src/differential/rows.ts'
import { conformance, saboteurs } from '../src/index.ts'

/** What no other methods give, in any store; they have clauses of their own. */
const NATIVE = ['watch', 'pathOf', 'urlOf']
const optional = Object.entries(METHODS).filter(
  ([method, { otherwise }]) => otherwise !== 'required' && !NATIVE.includes(method),
)

describe('the differential machine', () => {
  it('tries every method that a driver may leave out', () => {
    expect(Object.keys(rows).sort()).toEqual(optional.map(([method]) => method).sort())
  })

  it.each(optional)('knows whether %s writes', (method, { writes }) => {
    expect(rows[method as keyof typeof rows].writes).toBe(writes)
  })

  it.each(optional)('finds a driver whose %s lies', async method => {
    const name = `N2 ${method} of the driver gives what the store gives without it`
    let found = 0
    for (const { subject } of saboteurs.filter(({ breaks }) => breaks.includes('N2')))
      await conformance(subject)
        .find(each => each.name === name)
        ?.run()
        .catch(() => found++)
    expect(found).toBeGreaterThan(0)
  })
})
