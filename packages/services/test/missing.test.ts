import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { openServices } from '../src/index.ts'
import { ownCache } from './support/cache.ts'

const cache = ownCache()

it('tells anybody but root the exact command', async () => {
  writeFileSync(join(cache(), 'apt-get'), '#!/bin/sh\nexit 1\n')
  chmodSync(join(cache(), 'apt-get'), 0o755)
  vi.stubEnv('PATH', cache())
  const user = vi.spyOn(process, 'getuid').mockReturnValue(1000)
  try {
    const { aptInstall } = await import('../src/install/apt.ts')
    await expect(aptInstall(['postgresql'])).rejects.toMatchObject({
      message: 'postgresql is not installed',
      how: 'run: sudo apt-get install --yes --no-install-recommends postgresql',
    })
  } finally {
    user.mockRestore()
  }
})

it('tells why a program cannot be built, and how to get it', async () => {
  vi.stubEnv('PATH', cache())
  vi.stubEnv('KVDOL_TEST_MINIO_URL', '')
  await using services = await openServices()
  expect(await services.get('minio')).toEqual({
    missing: 'minio is not on the PATH, and there is no Go to build it',
    how: expect.stringContaining('install Go and run: go install github.com/minio/minio@'),
  })
  expect(services.accounts()).toEqual([
    { name: 'minio', state: expect.stringContaining('missing: '), how: expect.any(String) },
  ])
})

it('takes an address from the environment before anything else', async () => {
  vi.stubEnv('PATH', cache())
  vi.stubEnv('KVDOL_TEST_MINIO_URL', 'http://127.0.0.1:1')
  await using services = await openServices()
  expect(await services.get('minio')).toEqual({ url: 'http://127.0.0.1:1' })
  expect(services.accounts()).toEqual([{ name: 'minio', state: 'from KVDOL_TEST_MINIO_URL' }])
})
