import type { Selection } from '@kvdol/core/adapter'
import type { Dialect, Holding, Kind, Table } from '../dialects/dialect.ts'
import type { Executor, SqlValue } from '../executor.ts'
import type { ColumnCodec } from './column-codec.ts'
import type { Settings } from './options.ts'

/** What a store of rows is asked for, before its table has been looked at. */
export interface Asked {
  readonly db: Executor
  readonly dialect: Dialect
  readonly table: Table
  readonly settings: Settings
}

/** A column in use. */
export interface PlannedColumn extends ColumnCodec {
  readonly name: string
  readonly quoted: string
  readonly kind: Kind
  /** Texts in it that differ may count as equal. */
  readonly loose: boolean
  readonly holding: Holding
  /** Its values are texts, sorted by their code points. */
  readonly isText: boolean
  /** The database counts it, and takes a value only where the statement says so. */
  readonly isIdentity: boolean
  /** The database computes it. */
  readonly isComputed: boolean
  /** An update sets it. */
  readonly isSet: boolean
}

/** What every part of one store of rows works with: a table whose columns are known. */
export interface Plan extends Asked {
  readonly quotedTable: string
  readonly key: Selection<unknown>
  readonly value: Selection<unknown>
  readonly keyColumns: readonly PlannedColumn[]
  readonly valueColumns: readonly PlannedColumn[]
  readonly where: readonly (PlannedColumn & { readonly fixed: SqlValue })[]
  /** Columns of a unique index that no two rows of the store can share; `undefined` when there is none. */
  readonly target: readonly string[] | undefined
  /** The table has no other unique index. */
  readonly onlyTarget: boolean
}
