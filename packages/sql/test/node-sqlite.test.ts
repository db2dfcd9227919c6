import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { withService } from '@kvdol/services'
import { describe, expect, it } from 'vitest'
import { blobs, sqlite } from '../src/index.ts'
import { bundled } from './support/bundled.ts'

await withService('node24', node => {
  describe('node:sqlite', () => {
    const program = bundled({ program: 'node-sqlite-child.ts' })
    it('keeps the whole contract', async () => {
      const { stdout } = await promisify(execFile)(node, [program('program')])
      const { passed, failed } = JSON.parse(stdout) as { passed: number; failed: string[] }
      expect(failed).toEqual([])
      expect(passed).toBeGreaterThan(400)
    }, 300_000)
  })
})

it('a node without node:sqlite says what to install', async () => {
  if (Number(process.versions.node.split('.')[0]) >= 22) return
  await expect(blobs(sqlite(':memory:', { driver: 'node:sqlite' })).get('a')).rejects.toMatchObject({
    code: 'Unsupported',
    message: expect.stringContaining('npm install better-sqlite3'),
  })
})
