import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { subject } from './support/subject.ts'

describe.each(variants(subject('encoded', { keys: 'encoded' })))('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
