import { certify } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { openSshAt } from './support/openssh.ts'
import { subject } from './support/subject.ts'

await withService('openssh', url => {
  it(
    'plain keys are certified',
    () =>
      keptCertificate(new URL('../certificates/plain.json', import.meta.url), () =>
        certify(subject('plain keys on OpenSSH', openSshAt(url), { keys: 'plain', etag: 'content' }), {
          backend: 'OpenSSH',
          concurrency: 4,
        }),
      ),
    900_000,
  )
})
