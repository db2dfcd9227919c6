import { expect, it } from 'vitest'
import type { Contestant } from '../src/row.ts'
import { compare } from '../src/timed-row.ts'
import { interleave } from '../src/timing.ts'

const contestant = (
  name: string,
  role: Contestant['role'],
  run: Contestant['run'] = () => {},
): Contestant => ({ name, role, run })

it('gives every contestant one sample in each round', async () => {
  const both = [contestant('a', 'raw'), contestant('b', 'ours')]
  const samples = await interleave(both, { rounds: 4, warmUp: 1, sampleTime: 1, rowTime: 60_000 })
  expect([...samples].map(([{ name }, numbers]) => [name, numbers.length])).toEqual([
    ['a', 4],
    ['b', 4],
  ])
})

it('begins each round with another contestant', async () => {
  const order: string[] = []
  const both = ['a', 'b'].map(name =>
    contestant(name, 'raw', () => void (order.at(-1) !== name && order.push(name))),
  )
  await interleave(both, { rounds: 2, warmUp: 1, sampleTime: 1, rowTime: 60_000 })
  // Both are calibrated; then the rounds run a b, b a.
  expect(order.join('')).toBe('ababa')
})

it('ends a slow row after the least number of rounds', async () => {
  const samples = await interleave([contestant('a', 'raw')], {
    rounds: 1000,
    warmUp: 1,
    sampleTime: 1,
    rowTime: 0,
  })
  expect([...samples.values()][0]).toHaveLength(5)
})

it('passes on what a contestant throws', async () => {
  const broken = contestant('a', 'raw', () => Promise.reject(new Error('broken')))
  await expect(interleave([broken], { rounds: 1, warmUp: 1, sampleTime: 1, rowTime: 0 })).rejects.toThrow(
    'broken',
  )
})

it('compares with raw, and judges by the budget', () => {
  const samples = new Map([
    [contestant('a', 'raw'), [10, 20, 10]],
    [contestant('b', 'ours'), [15, 30, 40]],
  ])
  expect(compare('row', 2, samples, [])).toMatchObject({
    met: true,
    measured: [{ name: 'a' }, { ratio: { median: 1.5 } }],
  })
  expect(compare('row', 1.4, samples, [])).toMatchObject({ met: false })
  expect(compare('row', undefined, samples, [])).not.toHaveProperty('met')
})
