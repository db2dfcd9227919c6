import { expect, it } from 'vitest'

it('exports exactly these names', async () => {
  expect(Object.keys(await import('../src/index.ts')).sort()).toMatchSnapshot()
})

it('exports exactly these names for single files', async () => {
  expect(Object.keys(await import('../src/file/index.ts')).sort()).toMatchSnapshot()
})
