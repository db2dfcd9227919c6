import { type OptionsOf, text } from '@kvdol/core/adapter'
import type { Dialect, Table } from '../dialects/dialect.ts'

/** A table by its name and the schema that it is in. Throws `TypeError` for a name that the database would change. */
export function tableOf(caller: string, dialect: Dialect, name: unknown, schema: string | undefined): Table {
  checkName(`${caller}: the name of the table`, dialect, name)
  if (schema !== undefined) checkName(`${caller}: schema`, dialect, schema)
  return { name, schema }
}

/** The quoted name of a table. */
export function quotedTable({ quote }: Dialect, { schema, name }: Table): string {
  return schema === undefined ? quote(name) : `${quote(schema)}.${quote(name)}`
}

/**
 * Refuses names that are no names, and those that the database would cut. Nothing is ever taken out of a name, because
 * two names must never become one.
 */
export function checkName(what: string, dialect: Dialect, name: unknown): asserts name is string {
  if (typeof name !== 'string' || name === '') throw new TypeError(`${what} is a string that is not empty`)
  if (name.includes('\0') || !name.isWellFormed())
    throw new TypeError(`${what} holds a character that no name can have`)
  const refusal = dialect.refusal(name)
  if (refusal !== undefined) throw new TypeError(`${what} ${refusal}`)
}

/** Options of everything that looks at tables. */
export const SCHEMA_OPTIONS = {
  /** The schema that the table is in: of PostgreSQL, or the name of an attached database. @default the usual one */
  schema: text,
}

/** Options of {@link columns}. */
export type ColumnsOptions = OptionsOf<typeof SCHEMA_OPTIONS>

/** Options of {@link tables}. */
export type TablesOptions = OptionsOf<typeof SCHEMA_OPTIONS>
