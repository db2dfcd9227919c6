import type { Kind } from '../../src/index.ts'

/** A database that tests run on. */
export type Server = 'sqlite' | 'postgres' | 'mariadb' | 'mysql'

/** What the stores of rows make of one type of column. */
export interface TypeCase {
  /** As it is written where a table is made. */
  readonly type: string
  /** The one server of this dialect that has the type, or has it in this way. */
  readonly only?: Server
  /** What it gives, in words. */
  readonly gives: string
  /** Values as SQL; as keys all of them are different. */
  readonly samples: readonly string[]
  /** Statements before the table is made, once for each name. */
  readonly setup?: readonly string[]
  /** Behind the type where it is a value, or a key. */
  readonly suffix?: string
  /** What an insert needs to give it a value. */
  readonly insert?: string
  /** A key of this type cannot have an index by itself. */
  readonly noIndex?: boolean
  /** Why the column is refused as a value, or as a part of a key; what the message says. */
  readonly noValue?: string
  readonly noKey?: string
  /** The option `types` for the column. */
  readonly kind?: Kind
  /** Values that the column would change: they are refused. */
  readonly changed?: readonly unknown[]
  /** Further forms of keys that are there: never found, never written. */
  readonly aliases?: readonly unknown[]
  /** Values that are given, and given back the same. */
  readonly same?: readonly unknown[]
  /** A row of another key does not get all of the value, only one that is written back. */
  readonly coarse?: boolean
  /** What is read is written in another way, which means the same. */
  readonly rewritten?: boolean
}

/** The cases of one database, and how its values are looked at without a store. */
export interface TypesOf {
  readonly title: string
  /** The stored value of a column, as text that tells all of it. */
  raw(quoted: string): string
  readonly cases: readonly TypeCase[]
}
