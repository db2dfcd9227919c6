import { conformance } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { subject } from './support/subject.ts'

describe.each([
  subject('plain and hidden', { hidden: true }),
  subject('plain and sorted', { order: 'utf8-bytes' }),
  subject('encoded, sorted, safe from power loss', { keys: 'encoded', order: 'utf8-bytes', sync: 'full' }),
])('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
