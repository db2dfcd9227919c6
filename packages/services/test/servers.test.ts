import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { withService } from '../src/index.ts'
import { listens } from '../src/run/stage.ts'

const NAMES = [
  'postgres',
  'mariadb',
  'mysql',
  'mongo',
  'minio',
  'versitygw',
  'openssh',
  'redis',
  'rediscluster',
] as const

for (const name of NAMES)
  await withService(name, url => {
    it(`${name} takes connections on loopback`, async () => {
      // URL leaves ports alone that it does not know the scheme of.
      const { hostname, port } = new URL(url)
      expect(hostname).toBe('127.0.0.1')
      expect(await listens(Number(port))).toBe(true)
    })
  })

for (const major of ['22', '24'] as const)
  await withService(`node${major}`, program => {
    it(`node${major} is Node ${major}`, () => {
      expect(execFileSync(program, ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${major}\\.`))
    })
  })
