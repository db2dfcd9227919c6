import type { DialectName, SqlParameter } from '../executor.ts'

/** What a column holds, for a store. */
export type Kind =
  | 'integer'
  | 'bigint'
  | 'number'
  | 'decimal'
  | 'text'
  | 'boolean'
  | 'bytes'
  | 'date'
  | 'json'
  /** As the database gives it. */
  | 'any'

/** A table, by a name that has been checked. */
export interface Table {
  readonly schema: string | undefined
  readonly name: string
}

/** A statement with its parameters. */
interface Question {
  readonly text: string
  readonly params: readonly SqlParameter[]
}

/** Where the SQL of one database differs from that of the others. */
export interface Dialect {
  readonly name: DialectName
  /** Writes a name so that it is nothing but a name. */
  quote(name: string): string
  /** Refuses a name that would be cut. */
  readonly longestName: { readonly length: number; readonly unit: 'bytes' | 'characters' } | undefined
  /** Gives the parameters of one statement, in their order. */
  parameters(): () => string

  /** A key of bytes: how it is bound, written, read, and turned into a string. */
  readonly key: {
    bind(key: string): SqlParameter
    expression(parameter: string): string
    column(quoted: string): string
    read(value: unknown): string | undefined
  }
  /** Columns of a table of bytes. */
  readonly blobColumns: { readonly key: string; readonly etag: string; readonly value: string }
  /** What follows the columns of a new table of bytes, and what is done to it then. */
  readonly blobTable: { readonly suffix: string; after(table: string): string | undefined }
  /** Longest value in bytes. */
  readonly longestValue: number

  /**
   * Asks for the columns of a table: name, type, nullable, place in the primary key from 1 or else 0, computed by the
   * database, whether two texts in it that differ may count as equal.
   */
  columns(table: Table): Question
  /** Asks for the unique indexes of a table: name of the index, column or NULL, in order. */
  uniqueKeys(table: Table): Question
  /** Asks for the names of tables and views. */
  tables(schema: string | undefined): Question
  /** What a column of a declared type holds. */
  kindOf(type: string): Kind
  /** The type of a new column. */
  typeOf(kind: Kind, isKey: boolean): string

  /** What a text column is compared and sorted by so that only equal texts are equal. */
  exactly(quoted: string): string
  /** Replaces a row or inserts it, in one statement; `condition` has to hold for a row that is replaced. */
  upsert(parts: Upsert): string
  /** Inserts a row unless one is there; `undefined` where the insert fails for that. */
  readonly orNothing: string | undefined
}

/** The parts of a statement that replaces or inserts rows. */
export interface Upsert {
  readonly table: string
  /** Quoted. */
  readonly columns: readonly string[]
  /** Groups of values, each in parentheses, or a query. */
  readonly source: string
  /** Quoted columns of the unique index. */
  readonly target: readonly string[]
  /** Quoted columns that are set in a row that is there. */
  readonly updated: readonly string[]
  readonly condition?: string | undefined
}

/** An upsert as SQLite and PostgreSQL know it. */
export function conflictClause({ table, columns, source, target, updated, condition }: Upsert): string {
  const sets = updated.map(column => `${column} = excluded.${column}`)
  const where = condition === undefined ? '' : ` WHERE ${condition}`
  const action = sets.length > 0 ? `UPDATE SET ${sets.join(', ')}${where}` : 'NOTHING'
  return `INSERT INTO ${table} (${columns.join(', ')}) ${source} ON CONFLICT (${target.join(', ')}) DO ${action}`
}

/** `"name"`, with quotes inside doubled. */
export function doubleQuoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The key of bytes from the database, or `undefined` for what is no key. */
export function keyOfBytes(value: unknown): string | undefined {
  try {
    const key = decoder.decode(value as Uint8Array)
    return key === '' ? undefined : key
  } catch {
    return undefined
  }
}
