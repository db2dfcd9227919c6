import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { subject } from './support/subject.ts'

// The value map does not touch the names, and is tried with plain keys.
const subjects = variants(subject('encoded', { keys: 'encoded' })).filter(
  ({ name }) => !name.includes('value map'),
)

describe.each(subjects)('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
