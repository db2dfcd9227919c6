import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { fileSubject } from './support/subject.ts'

describe.each(variants(fileSubject('archive in a file')))('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
