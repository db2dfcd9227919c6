import { certify } from '@kvdol/conformance'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { fileSubject } from './support/subject.ts'

it('an archive in a file is certified', () =>
  keptCertificate(new URL('../certificates/file.json', import.meta.url), () =>
    certify(fileSubject('archive in a file'), { backend: 'a ZIP file' }),
  ))
