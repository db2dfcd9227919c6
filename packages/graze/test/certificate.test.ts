import { certify } from '@kvdol/conformance'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { disturbed } from './support/subject.ts'

it(
  'what is kept is certified',
  () =>
    keptCertificate(new URL('../certificates/kept.json', import.meta.url), () =>
      certify(disturbed('what is kept of URLs'), { backend: 'a folder, and no web' }),
    ),
  900_000,
)
