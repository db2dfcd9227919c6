import { type ByteStore, conformance, type Subject } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { describe, it } from 'vitest'
import { documents } from '../src/index.ts'
import { openServer } from './support/server.ts'

await withService('mongo', url => {
  const server = openServer(url)
  const subject: Subject = {
    name: 'documents whose value is a field of bytes',
    scale: 'smoke',
    open: () => documents(server.collection(), { value: 'value', allowClear: true }) as unknown as ByteStore,
  }
  describe('documents whose value is a field of bytes', () => {
    // The kit's keys are strings and its values bytes. Documents take others too, which its other clauses refuse.
    for (const { name, clause, run } of conformance(subject))
      if (/^(R|W\d$|W10|D|L)/.test(clause)) it(name, run)
  })
})
