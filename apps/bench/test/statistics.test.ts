import { describe, expect, it } from 'vitest'
import { ratios, summarize } from '../src/statistics.ts'

describe('summarize', () => {
  it('gives the median and the quartiles, in any order of the numbers', () => {
    expect(summarize([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 })
  })

  it('interpolates between neighbours', () => {
    expect(summarize([1, 2, 3, 4])).toEqual({ median: 2.5, low: 1.75, high: 3.25 })
  })

  it('takes one number for all three', () => {
    expect(summarize([7])).toEqual({ median: 7, low: 7, high: 7 })
  })

  it('refuses no numbers', () => {
    expect(() => summarize([])).toThrow(TypeError)
  })
})

describe('ratios', () => {
  it('compares round by round', () => {
    expect(ratios([2, 30, 8], [1, 10, 4])).toEqual([2, 3, 2])
  })

  it('leaves out rounds that one side does not have', () => {
    expect(ratios([2, 30], [1])).toEqual([2])
  })
})
