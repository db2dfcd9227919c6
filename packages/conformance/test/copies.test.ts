import { memory } from '@kvdol/core'
import { bundle } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { type CoreCopy, conformance, type Subject, variants } from '../src/index.ts'

const program = bundle({ core: new URL('../../core/src/index.ts', import.meta.url) })
const otherCore = async (): Promise<CoreCopy> => await import(program('core'))

describe('a second copy of core', () => {
  it('is another one', async () => {
    const other = await otherCore()
    expect(other.memory).not.toBe(memory)
    expect(Object.keys(other).sort()).toEqual(Object.keys(await import('@kvdol/core')).sort())
  })

  const subjects: Subject[] = [
    { name: 'a store of the first', open: () => memory() },
    { name: 'a store of the second', open: async () => (await otherCore()).memory({ order: 'utf8-bytes' }) },
  ]
  describe.each(subjects.flatMap(variants))('$name', variant => {
    for (const { name, clause, run } of conformance({ ...variant, otherCore }))
      if (clause === 'N11') it(name, run)
  })

  describe('keeps the whole contract of a kit that has the first', () => {
    const open = async () => (await otherCore()).memory({ order: 'utf8-bytes' })
    for (const { name, run } of conformance({ name: 'memory of the second copy', open })) it(name, run)
  })
})
