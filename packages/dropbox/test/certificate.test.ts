import { certify } from '@kvdol/conformance'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { startDropboxServer } from './support/dropbox-server/server.ts'
import { subject } from './support/subject.ts'

it(
  'plain keys are certified',
  () =>
    keptCertificate(new URL('../certificates/plain.json', import.meta.url), async () => {
      await using server = await startDropboxServer()
      return await certify(subject(server, 'plain'), {
        backend: 'a server on loopback that follows the documented rules of Dropbox',
      })
    }),
  900_000,
)
