import { type Check, check } from '../check.ts'
import { compare } from '../differential/compare.ts'
import type { FastPath, Row } from '../differential/row.ts'
import { rows } from '../differential/rows.ts'

/** N2: what a driver may leave out gives what is derived without it. */
export const fastPaths: readonly Check[] = (Object.entries(rows) as [FastPath, Row][]).map(([method, row]) =>
  check('N2', `${method} of the driver gives what the store gives without it`, async lab => {
    if (lab.subject.view === true) return lab.skip('the driver is tried without the view')
    await compare(lab, method, row)
  }),
)
