import { givenOptions, type OptionCheck, option } from '@kvdol/core'

/** A row of the table that no key stands for. */
export interface ForeignRow {
  /** What is in its key column. */
  readonly key: Uint8Array
}

/** Options of {@link blobs}. */
export interface BlobsOptions {
  /**
   * The name of the table.
   * @default 'kvdol'
   */
  table?: string | undefined
  /** The schema that the table is in: of PostgreSQL, or the name of an attached database. @default the usual one */
  schema?: string | undefined
  /**
   * Whether the first call makes the table where there is none; otherwise that rejects `Incompatible`.
   * @default true
   */
  create?: boolean | undefined
  /**
   * How many keys one statement of a listing gives.
   * @default 1000
   */
  pageSize?: number | undefined
  /** Told of rows that listing leaves out because their key is no UTF-8. */
  onForeign?: ((row: ForeignRow) => void) | undefined
}

const CHECKS: Readonly<Record<keyof BlobsOptions, OptionCheck>> = {
  table: option.text,
  schema: option.text,
  create: option.flag,
  pageSize: option.wholeNumber(1, 10_000),
  onForeign: option.callback,
}

/** Options with every choice made. */
export interface Settings {
  readonly create: boolean
  readonly pageSize: number
  readonly onForeign: BlobsOptions['onForeign']
}

/** Throws `TypeError` for options that make no sense. */
export function settingsOf(options: BlobsOptions): Settings & { table: string; schema: string | undefined } {
  givenOptions('blobs', options, CHECKS)
  const { table = 'kvdol', schema, create = true, pageSize = 1000, onForeign } = options
  return { table, schema, create, pageSize, onForeign }
}
