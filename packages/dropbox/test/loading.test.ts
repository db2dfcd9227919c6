import { bundle, startChild } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'

// What is external is not to be found from where the bundle lies, so importing it fails at once.
const program = bundle({ load: new URL('./support/load.ts', import.meta.url) }, { external: ['dropbox'] })

describe('importing the package', () => {
  it('does not load the SDK, and the first call does', async () => {
    const { output, code } = await startChild(program('load')).ended
    expect(output).toMatch(/^opened\n/)
    expect(output).toMatch(/get .*npm install dropbox Error.*Cannot find package 'dropbox'/)
    expect(code).toBe(0)
  })
})
