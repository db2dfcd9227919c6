import { certify } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { openServer } from './support/server.ts'
import { subject } from './support/subject.ts'

await withService('mongo', url => {
  const server = openServer(url)
  it(
    'blobs are certified',
    () =>
      keptCertificate(new URL('../certificates/blobs.json', import.meta.url), () =>
        certify(subject(server), { backend: 'MongoDB (FerretDB over DocumentDB)', concurrency: 4 }),
      ),
    1_800_000,
  )
})
