import { bundle, startChild } from '@kvdol/test-support'
import { expect, it } from 'vitest'

const program = bundle(
  { lazy: new URL('./support/lazy.ts', import.meta.url) },
  { external: ['redis'], root: new URL('..', import.meta.url) },
)

it('loads the client at the first call of a store that has one of its own, and not before', async () => {
  const { code, output } = await startChild(program('lazy')).ended
  expect(output).toBe('before: false, after: true')
  expect(code).toBe(0)
})
