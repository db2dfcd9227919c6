import { expect, it } from 'vitest'

it.each(['index', 'adapter', 'layers'])('%s exports exactly these names', async door => {
  expect(Object.keys(await import(`../src/${door}.ts`)).sort()).toMatchSnapshot()
})
