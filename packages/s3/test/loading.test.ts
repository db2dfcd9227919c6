import { bundle, startChild } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'

// What is external is not to be found from where the bundles lie, so importing one fails that needs it at once.
const program = bundle(
  { load: new URL('./support/load.ts', import.meta.url) },
  { external: ['@aws-sdk/client-s3', '@aws-sdk/lib-storage', '@aws-sdk/s3-request-presigner'] },
)

describe('importing the package', () => {
  it('loads nothing of the SDK, and the first call does', async () => {
    const { output, code } = await startChild(program('load')).ended
    expect(output).toMatch(/^opened\n/)
    expect(output).toMatch(/get .*Cannot find package '@aws-sdk\/client-s3'/)
    expect(code).toBe(0)
  })
})
