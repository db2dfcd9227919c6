import { expect, it } from 'vitest'
import { markdown } from '../src/report/markdown.ts'
import { table } from '../src/report/table.ts'
import type { Result } from '../src/row.ts'

const value = (median: number) => ({ median, low: median, high: median })

const rows: Result[] = [
  {
    row: 'read',
    unit: 'nanoseconds',
    budget: { times: 1.1 },
    met: false,
    measured: [
      { name: 'readFile', role: 'raw', value: value(2000) },
      { name: 'files', role: 'ours', value: value(3000), ratio: value(1.5) },
      { name: 'slow', role: 'peer', note: 'hashed', value: value(8000), ratio: value(4) },
    ],
    absent: [{ name: 'missing', reason: 'not installed on this platform' }],
  },
  {
    row: 'bundle',
    unit: 'bytes',
    budget: { bytes: 4000 },
    met: true,
    measured: [{ name: 'core', role: 'ours', value: value(3900) }],
    absent: [],
  },
]

it('prints an aligned table', () => {
  expect(table(rows)).toMatchInlineSnapshot(`
    "                                           measured           kvdol              budget    met?
    read                                                          ×1.50 (1.50–1.50)  ≤ ×1.1    NO
      readFile                                 2.00 µs
      kvdol: files                             3.00 µs
      slow, hashed                             ×4.00 (4.00–4.00)
      missing: not installed on this platform  left out
    bundle                                                        3900 B             ≤ 4000 B  yes
      kvdol: core                              3900 B"
  `)
})

it('writes a page that names misses and who took no part', () => {
  const machine = { cores: 2, processor: 'P', system: 'linux 6', node: 'v20.20.0' }
  const page = markdown({ date: '2026-11-24', machine, rounds: 3, rows })
  expect(page).toContain(
    '| read | 2.00 µs (readFile) | ×1.50 (1.50–1.50) | ≤ ×1.1 | NO | slow, hashed ×4.00 |',
  )
  expect(page).toContain('| bundle | – | 3900 B | ≤ 4000 B | yes |  |')
  expect(page).toContain('Budgets missed: read.')
  expect(page).toContain('- missing took no part: not installed on this platform')
})
