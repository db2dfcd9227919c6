import type { ErrorOf } from '@kvdol/core/adapter'
import type { DialectName, Executor, SqlParameter, SqlValue } from '../executor.ts'

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
export interface Question {
  readonly text: string
  readonly params: readonly SqlParameter[]
}

/**
 * What one SQL database does in its own way. Each dialect is a folder beside this file; nothing outside its folder asks
 * for its name.
 */
export interface Dialect {
  readonly name: DialectName
  /** What the errors of its clients mean. */
  readonly errorOf: ErrorOf

  /** Writes a name so that it is nothing but a name. */
  quote(name: string): string
  /** Why the database would cut or change a name, in words that follow the name of the option; `undefined`: it would not. */
  refusal(name: string): string | undefined
  /** Gives the parameters of one statement, in their order. */
  parameters(): () => string

  /** Replaces a row or inserts it, in one statement; `condition` has to hold for a row that is replaced. */
  upsert(parts: Upsert): string
  /** How an insert begins, so that no clause of the table swallows it. */
  insert(table: string, columns: readonly string[], identity?: boolean): string
  /** How an update begins. */
  readonly update: string
  /** An upsert names the unique index that it asks, and a condition; otherwise it asks all unique indexes. */
  readonly conditionalUpsert: boolean
  /** What follows an insert that leaves an existing row alone; empty where the insert then fails with `Conflict`. */
  readonly orNothing: string
  /** The comparison in which `NULL` equals `NULL`. */
  readonly isSame: string
  /** What an update sets a column to whose value the record lacks. */
  readonly missingValue: string

  /** Making a table commits the transaction that is open. */
  readonly createCommits: boolean
  /** Each transaction has the database to itself. */
  readonly serialTransactions: boolean
  /** An executor of this package has used the parameters of a statement by the time it returns, or has copied them. */
  readonly copiesParameters: boolean

  readonly catalogue: Catalogue
  readonly types: ColumnTypes
  readonly blobs: BlobSql
}

/** The statements that look at what tables there are. */
export interface Catalogue {
  /**
   * Asks for the columns of a table: name, type, nullable, place in the primary key from 1 or else 0, computed by the
   * database, whether two texts in it that differ may count as equal, the type that `holding` is asked with, and what
   * else is to be known of it: `'identity'`, `'counts from 0'`, `'UTF-16'` where texts are not sorted by their code
   * points, or `NULL`; anything else is why it cannot be used.
   */
  columns(table: Table): Question
  /** Asks for the unique indexes of a table: name of the index, column or NULL, in order. */
  uniqueKeys(table: Table): Question
  /** Asks for the names of tables and views. */
  tables(schema: string | undefined): Question
}

/** What a column keeps of the values that a store of rows gives it. What is left out is so for every column of a kind. */
export interface Holding {
  readonly kind: Kind
  /** What it takes, in words. */
  readonly takes?: string | undefined
  /** Whether it keeps a value of its kind as it is. @default true */
  keeps?(value: unknown): boolean
  /** Values that it takes beside those of its kind, because it gives them. */
  also?(value: unknown): boolean
  /** What its values are selected by. */
  select?(quoted: string): string
  /** What a value is bound as, and what it was before. */
  encode?(value: never): SqlValue
  decode?(native: never): unknown
  /** Why the column cannot be used, or not in a key. */
  readonly unusable?: string | undefined
  readonly noKey?: string | undefined
  /** It gives less than it holds, so that only an update in its place keeps the rest. */
  readonly coarse?: string | undefined
  /** What an update sets it to, so that a value that is written back as it was read changes nothing. */
  keep?(old: string, given: () => string): string
  /** As a key it is compared by its text, because other texts may mean the same value. */
  readonly byText?: boolean | undefined
  /** That text, where it is not what the dialect's `exactly` makes of it. */
  exactly?(quoted: string): string
  /** What the column is compared with, where the server would take a parameter for something else. */
  compared?(parameter: string): string
  /** The text by which it writes the value of a text that is bound there. */
  spelled?(parameter: string): string
}

/** The types of columns, and how their values are written. */
export interface ColumnTypes {
  /** What a column of a type holds, of this kind where the options say so. */
  holding(type: string, kind?: Kind): Holding
  /** A query that fails where a key column cannot be sorted and compared; `undefined` where all can. */
  comparison?(quoted: string, table: string): string
  /** The type of a new column. */
  typeOf(kind: Kind, isKey: boolean): string
  /** Kinds of existing columns that also hold what a new column of a kind would. */
  readonly alike: Partial<Readonly<Record<Kind, readonly Kind[]>>>
  /** What a text column is compared and sorted by so that only equal texts are equal. */
  exactly(quoted: string): string
  /** What `exactly` is compared with. */
  exactText(text: SqlValue): SqlValue
  /** The text that is selected so. @default as it is given */
  readExact?(native: unknown): unknown
  /** No text holds NUL. */
  readonly noNul?: boolean
  /**
   * What a text, compared as `exactly` has it, has up to and with the next slash behind this prefix; all of it where there
   * is none. `undefined` where a statement for each costs less than one for all.
   */
  level?(exact: string, prefix: string): string
  /** Whether a column of floating-point numbers keeps this one. */
  holdsNumber(value: number): boolean
  /** Whether the text of a moment is given as it is, because no `Date` is that moment. */
  isMoment(text: string): boolean
  /** Moments are text, so that only one way to write them is found. */
  readonly exactMoments?: boolean
  /** Decimal numbers are text, so that `1.5` and `1.50` are different keys. */
  readonly exactDecimals?: boolean
  /** A decimal number that is not finite. */
  readonly oddDecimal?: RegExp
  /** A moment in ISO 8601 and UTC, as the database takes it. */
  printMoment(iso: string): string
}

/** The SQL of tables of bytes. */
export interface BlobSql {
  readonly key: BlobKey
  /** The types of the columns of a new table. */
  readonly columns: { readonly key: string; readonly etag: string; readonly value: string }
  /** What follows the columns of a new table. */
  readonly suffix: string
  /** A statement for a table that has just been made. */
  afterCreate?(table: string): string
  /** Longest value in bytes. */
  readonly longestValue: number
  /**
   * Looks at the database before the first call: gives the longest value in bytes that its settings allow. Rejects
   * `Incompatible` where it would store other bytes for a key.
   */
  inspect?(db: Executor): Promise<number>
  /** How a table tells of its changes; `undefined` where the database has no such thing. */
  readonly notices?: NoticeSql
  /** How one statement takes many keys or rows; `undefined` where a statement for each costs no more. */
  readonly batch: BatchSql | undefined
}

/** A trigger that tells of each change of a table, by any program. */
export interface NoticeSql {
  /** Asks for the channel that belongs to a table, and whether there is a trigger that tells on it. */
  channel(table: Table): Question
  /** Makes the trigger, which tells the keys in hexadecimal digits on this channel, and nothing where all may have changed. */
  create(table: Table, channel: string): readonly string[]
}

/** A key of bytes: how it is bound, written and read. */
export interface BlobKey {
  bind(key: string): SqlParameter
  expression(parameter: string): string
  column(quoted: string): string
  /** The key, or `undefined` for what is no key. */
  read(native: unknown): string | undefined
  /**
   * For keys that are selected as text: whether the text is the key itself. Text of bytes that are no UTF-8 may look
   * like another key, so such a page is read again as bytes.
   */
  isCertain?(native: unknown): boolean
}

/** A row of a table of bytes, as it is bound. */
export type BlobRow = readonly [key: SqlParameter, etag: string, value: Uint8Array]

/** Statements for many keys or rows. */
export interface BatchSql {
  /** The condition, behind the name of a column, that its value is one of so many. */
  isOneOf(count: number): string
  /** The parameters of `isOneOf`. */
  keys(bound: readonly SqlParameter[]): readonly SqlParameter[]
  /** The source of an insert of so many rows. */
  source(count: number): string
  /** The parameters of `source`. */
  rows(rows: readonly BlobRow[]): readonly SqlParameter[]
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
  /** Quoted columns that are set in an existing row. */
  readonly updated: readonly string[]
  /** What such a column is set to. @default what was given */
  assign?(column: string, old: string, given: string): string
  /** A column that the database counts is among them. */
  readonly identity?: boolean
  readonly condition?: string | undefined
}
