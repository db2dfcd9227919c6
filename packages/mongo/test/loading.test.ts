import { bundle, startChild } from '@kvdol/test-support'
import { expect, it } from 'vitest'

const program = bundle(
  { lazy: new URL('./support/lazy.ts', import.meta.url) },
  { external: ['mongodb'], root: new URL('..', import.meta.url) },
)

it('loads the driver at the first call of a store that has a client of its own, and not before', async () => {
  const { code, output } = await startChild(program('lazy')).ended
  expect(output).toBe('before: false, after: true')
  expect(code).toBe(0)
})
