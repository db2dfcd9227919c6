import { certify } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

await withService('redis', async url => {
  const server = await openServer(url)
  it(
    'redis is certified',
    () =>
      keptCertificate(new URL('../certificates/redis.json', import.meta.url), () =>
        certify(subject(server), { backend: 'Redis', concurrency: 4 }),
      ),
    900_000,
  )
})
