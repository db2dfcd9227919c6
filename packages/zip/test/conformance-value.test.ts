import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { valueSubject } from './support/subject.ts'

describe.each(variants(valueSubject('archive in a store')))('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
