import { describe, expect, it } from 'vitest'
import { certify } from '../src/index.ts'
import { eventual } from '../src/saboteurs/eventual.ts'
import { subjectOf } from '../src/saboteurs/saboteur.ts'

const certified = (late: number, settlesWithinMs: number) =>
  certify(
    { ...subjectOf('late', place => eventual(place, late, settlesWithinMs)), scale: 'smoke' },
    { concurrency: 8 },
  )

describe('a store whose listings are late', () => {
  it('is certified when it says so, and by when', async () => {
    const { failures, clauses } = await certified(20, 60)
    expect(failures).toEqual([])
    expect(clauses).toMatchObject({ N3: 'passed', R7: 'passed', L1: 'passed' })
  })

  it('is not when it takes longer', async () => {
    const { clauses, passed } = await certified(400, 20)
    expect(passed).toBe(false)
    expect(clauses).toMatchObject({ N3: 'failed', R7: 'failed' })
  })
})
