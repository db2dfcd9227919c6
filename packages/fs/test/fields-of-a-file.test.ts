import { jsonValues, pipe } from '@kvdol/core'
import { bundle, startChild, temporaryFolder } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { files } from '../src/index.ts'

const program = bundle({ writer: new URL('./support/field-writer.ts', import.meta.url) })

it('processes that write fields of one JSON file lose nothing', async () => {
  const root = temporaryFolder()
  const ends = await Promise.all(
    ['a', 'b', 'c'].map(writer => startChild(program('writer'), [root, writer]).ended),
  )
  expect(ends.map(({ code, output }) => [code, output])).toEqual(Array(3).fill([0, '']))
  const value = await pipe(files(root), jsonValues<Record<string, number>>()).get('shared.json')
  expect(Object.keys(value ?? {})).toHaveLength(61)
  expect(value?.count).toBe(60)
})
