import { expect, it } from 'vitest'

const subpaths = {
  csv: () => import('../src/csv/index.ts'),
  ini: () => import('../src/ini/index.ts'),
  msgpack: () => import('../src/msgpack/index.ts'),
  structured: () => import('../src/structured/index.ts'),
  toml: () => import('../src/toml/index.ts'),
  yaml: () => import('../src/yaml/index.ts'),
}

it.each(Object.entries(subpaths))('%s exports exactly these names', async (_, load) => {
  expect(Object.keys(await load()).sort()).toMatchSnapshot()
})
