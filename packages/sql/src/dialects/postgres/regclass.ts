import { doubleQuoted } from '../common.ts'
import type { Table } from '../dialect.ts'

/** The table as the catalogue finds it, along the search path where no schema is given. */
export function regclass({ schema, name }: Table): string {
  return schema === undefined ? doubleQuoted(name) : `${doubleQuoted(schema)}.${doubleQuoted(name)}`
}
