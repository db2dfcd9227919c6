import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { subject } from './support/subject.ts'

// What does not touch the names is tried with plain keys.
const subjects = variants(subject('encoded', { keys: 'encoded' })).filter(
  ({ name }) => name === 'encoded' || name.includes('key map'),
)

describe.each(subjects)('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
