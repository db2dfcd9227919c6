import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { withService } from '../src/index.ts'
import { listens } from '../src/run/stage.ts'

for (const name of ['postgres', 'mariadb', 'mongo', 'minio', 'versitygw', 'openssh'] as const)
  await withService(name, url => {
    it(`${name} takes connections on loopback`, async () => {
      // URL leaves ports alone that it does not know the scheme of.
      const { hostname, port } = new URL(url)
      expect(hostname).toBe('127.0.0.1')
      expect(await listens(Number(port))).toBe(true)
    })
  })

await withService('node24', program => {
  it('node24 is Node 24', () => {
    expect(execFileSync(program, ['--version'], { encoding: 'utf8' })).toMatch(/^v24\./)
  })
})
