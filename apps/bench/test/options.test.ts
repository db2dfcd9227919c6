import { describe, expect, it } from 'vitest'
import { parseOptions } from '../src/options.ts'

describe('parseOptions', () => {
  it('runs everything by default', () => {
    expect(parseOptions([])).toMatchObject({ only: undefined, quick: false, help: false, json: undefined })
  })

  it('takes fewer rounds with --quick, unless they are given', () => {
    expect(parseOptions(['--quick']).rounds).toBeLessThan(parseOptions([]).rounds)
    expect(parseOptions(['--quick', '--rounds', '3']).rounds).toBe(3)
  })

  it('matches rows without regard to case', () => {
    expect(parseOptions(['--only', '1 kb']).only?.test('file read, 1 KB')).toBe(true)
  })

  it.each([[['--rounds', '0']], [['--rounds', 'many']], [['--only', '(']], [['--fast']], [['memory']]])(
    'refuses %j',
    args => {
      expect(() => parseOptions(args)).toThrow(TypeError)
    },
  )
})
