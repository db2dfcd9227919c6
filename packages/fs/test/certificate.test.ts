import { certify } from '@kvdol/conformance'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { subject } from './support/subject.ts'

it.each(['plain', 'encoded'] as const)('files with %s keys are certified', keys =>
  keptCertificate(new URL(`../certificates/${keys}.json`, import.meta.url), () =>
    certify(subject(`${keys} keys`, { keys }), { backend: `file system on ${process.platform}` }),
  ),
)
