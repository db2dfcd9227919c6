import { type OptionsOf, text } from '@kvdol/core/adapter'

/** Options of everything that looks at tables. */
export const SCHEMA_OPTIONS = {
  /** The schema that the table is in: of PostgreSQL, or the name of an attached database. @default the usual one */
  schema: text,
}

/** Options of {@link columns}. */
export type ColumnsOptions = OptionsOf<typeof SCHEMA_OPTIONS>

/** Options of {@link tables}. */
export type TablesOptions = OptionsOf<typeof SCHEMA_OPTIONS>
