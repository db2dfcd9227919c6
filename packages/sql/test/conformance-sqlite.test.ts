import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { sqliteSubject } from './support/sqlite-subject.ts'

describe.each(variants(sqliteSubject('sqlite')))('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})

describe('sqlite, three keys a page', () => {
  for (const { name, run } of conformance(sqliteSubject('sqlite, three keys a page', { pageSize: 3 })))
    it(name, run)
})

describe('sqlite, with shared commits', () => {
  for (const { name, run } of conformance(sqliteSubject('sqlite, with shared commits', { sync: 'full' })))
    it(name, run)
})
