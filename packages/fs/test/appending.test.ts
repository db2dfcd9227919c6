import { jsonValues, pipe } from '@kvdol/core'
import { appendable, counter } from '@kvdol/core/layers'
import { collect, scripts, temporaryFolder } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { files } from '../src/index.ts'

const run = scripts(new URL('./support/appending.ts', import.meta.url))

it('several processes that count in one folder never get one number twice, and leave none out', async () => {
  const root = temporaryFolder()
  const script = `
    const jobs = kvdol.jobs(root)
    for (let step = 0; step < 25; step++) await jobs.append({ by: process.pid, step })`
  const ends = await Promise.all([1, 2, 3, 4].map(() => run(script, { values: { root } }).ended))
  expect(ends.map(({ code, output }) => [code, output])).toEqual(Array(4).fill([0, '']))
  const jobs = pipe(files(root), jsonValues<{ by: number; step: number }>())
  const keys = (await collect(jobs.keys())).sort()
  expect(keys).toEqual(Array.from({ length: 100 }, (_, index) => String(index).padStart(6, '0')))
  const steps = new Map<number, number[]>()
  for (const key of keys) {
    const { by, step } = await jobs.getOrThrow(key)
    steps.set(by, [...(steps.get(by) ?? []), step])
  }
  // Each process found its own in the order in which it appended them.
  expect([...steps.values()]).toEqual(Array(4).fill(Array.from({ length: 25 }, (_, step) => step)))
  expect(await appendable(jobs, counter({ digits: 6 })).append({ by: 0, step: 0 })).toBe('000100')
})
