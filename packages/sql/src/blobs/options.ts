import { callback, flag, type OptionsOf, type SettingsOf, text, wholeNumber } from '@kvdol/core/adapter'
import { SCHEMA_OPTIONS } from '../tables/table-name.ts'

/** A row of the table that no key stands for. */
export interface ForeignRow {
  /** What is in its key column. */
  readonly key: Uint8Array
}

export const OPTIONS = {
  ...SCHEMA_OPTIONS,
  /**
   * The name of the table.
   * @default 'kvdol'
   */
  table: text.or('kvdol'),
  /**
   * Whether the first call makes the table where there is none; otherwise that rejects `Incompatible`.
   * @default true
   */
  create: flag.or(true),
  /**
   * How many keys one statement of a listing gives.
   * @default 1000
   */
  pageSize: wholeNumber(1, 10_000).or(1000),
  /**
   * PostgreSQL only: the first call makes a trigger on the table, so that `watch` tells of what anyone writes there.
   * @default false
   */
  notify: flag.or(false),
  /** Told of rows that listing leaves out because their key is no UTF-8. */
  onForeign: callback<(row: ForeignRow) => void>(),
}

/** Options of {@link blobs}. */
export type BlobsOptions = OptionsOf<typeof OPTIONS>

/** Options with every choice made. */
export type Settings = SettingsOf<typeof OPTIONS>
