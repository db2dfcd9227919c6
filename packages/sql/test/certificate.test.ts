import { certify } from '@kvdol/conformance'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { sqliteSubject } from './support/sqlite-subject.ts'

it('SQLite is certified', () =>
  keptCertificate(new URL('../certificates/sqlite.json', import.meta.url), () =>
    certify(sqliteSubject('SQLite'), { backend: 'SQLite' }),
  ))
