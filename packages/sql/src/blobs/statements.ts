import type { BatchSql, BlobRow, Dialect, Question, Table } from '../dialects/dialect.ts'
import { quotedTable } from '../tables/table-name.ts'

/** The SQL of one table of bytes. */
export type Statements = ReturnType<typeof statementsOf>

/** Which bound a listing has: keys from this one on, or keys after it. */
export type Lower = 'from' | 'after'

/**
 * Where no statement takes any number of rows, one that is prepared once puts so many. SQLite keeps the pages that it
 * changes, to undo a statement; those of a few rows stay in memory.
 */
export const TOGETHER = 8

/** Stand for the next parameter, and for the next one that is a key; no name can contain them. */
const P = '\0p'
const K = '\0k'
const MARKS = new RegExp(`${P}|${K}`, 'g')

/** Writes all statements once. Parameters come in the order in which they are named here. */
export function statementsOf(dialect: Dialect, name: Table) {
  const sql = dialect.blobs
  const table = quotedTable(dialect, name)
  const columns = ['key', 'etag', 'value'].map(dialect.quote) as [string, string, string]
  const [key, etag, value] = columns
  const shown = sql.key.column(key)
  const write = (text: string): string => {
    const next = dialect.parameters()
    return text.replace(MARKS, mark => (mark === K ? sql.key.expression(next()) : next()))
  }
  // The number of keys is part of the text: SQLite plans a statement anew where it is bound.
  const listing = (selected: string, rawSelected: string) =>
    remembered((lower: Lower | undefined, upper: boolean, raw: boolean, reverse: boolean, count: number) => {
      const bounds = [
        ...(lower === undefined ? [] : [`${key} ${lower === 'from' ? '>=' : '>'} ${K}`]),
        ...(upper ? [`${key} < ${K}`] : []),
      ]
      const where = bounds.length === 0 ? '' : ` WHERE ${bounds.join(' AND ')}`
      return write(
        `SELECT ${raw ? rawSelected : selected} FROM ${table}${where} ORDER BY ${key}${reverse ? ' DESC' : ''} LIMIT ${count}`,
      )
    })
  const row = `(${K}, ${P}, ${P})`
  const types = [sql.columns.key, sql.columns.etag, sql.columns.value]
  const upsert = (source: string) =>
    dialect.upsert({ table, columns, source, target: [key], updated: [etag, value] })

  return {
    create: [
      `CREATE TABLE IF NOT EXISTS ${table} (${columns.map((column, index) => `${column} ${types[index]}`).join(', ')})${sql.suffix}`,
      ...(sql.afterCreate ? [sql.afterCreate(table)] : []),
    ],
    /** key */
    get: write(`SELECT ${value} FROM ${table} WHERE ${key} = ${K}`),
    getWithStat: write(`SELECT ${value}, ${etag} FROM ${table} WHERE ${key} = ${K}`),
    has: write(`SELECT 1 FROM ${table} WHERE ${key} = ${K}`),
    stat: write(`SELECT length(${value}), ${etag} FROM ${table} WHERE ${key} = ${K}`),
    count: `SELECT count(*) FROM ${table}`,
    /** key, etag, value */
    put: write(upsert(`VALUES ${row}`)),
    /** The same for {@link TOGETHER} rows. */
    putTogether: write(upsert(`VALUES ${Array(TOGETHER).fill(row).join(', ')}`)),
    /** key, etag, value */
    insert: write(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${row}${dialect.orNothing}`),
    /** etag, value, key, old etag */
    replace: write(
      `UPDATE ${table} SET ${etag} = ${P}, ${value} = ${P} WHERE ${key} = ${K} AND ${etag} = ${P}`,
    ),
    /** key */
    remove: write(`DELETE FROM ${table} WHERE ${key} = ${K}`),
    /** key, etag */
    removeMatch: write(`DELETE FROM ${table} WHERE ${key} = ${K} AND ${etag} = ${P}`),
    /** new key, etag, key */
    move: write(`UPDATE ${table} SET ${key} = ${K}, ${etag} = ${P} WHERE ${key} = ${K}`),
    /** Lower and upper bound, as given; keys as they are read, or as bytes. */
    list: listing(shown, key),
    /** The same, with the lengths of the values. */
    listSizes: listing(`${shown}, length(${value})`, `${key}, length(${value})`),
    /** first and last key */
    between: write(
      `SELECT ${shown}, ${value} FROM ${table} WHERE ${key} >= ${K} AND ${key} <= ${K} ORDER BY ${key}`,
    ),
    /** from, length, key: the part of a value from a position that counts from 1 */
    part: write(
      `SELECT ${etag}, length(${value}), substr(${value}, ${P}, ${P}) FROM ${table} WHERE ${key} = ${K}`,
    ),
    /** suffix, suffix, length, key */
    lastPart: write(
      `SELECT ${etag}, length(${value}), substr(${value}, CASE WHEN length(${value}) > ${P} THEN length(${value}) - ${P} + 1 ELSE 1 END, ${P}) FROM ${table} WHERE ${key} = ${K}`,
    ),
    /** from, length, key, etag */
    nextPart: write(
      `SELECT substr(${value}, ${P}, ${P}) FROM ${table} WHERE ${key} = ${K} AND ${etag} = ${P}`,
    ),
    many: sql.batch && manyOf(dialect, sql.batch, { table, key, value, upsert }),
  }
}

/** A function that writes a text once for all calls with the same arguments. */
function remembered<A extends readonly unknown[]>(write: (...args: A) => string): (...args: A) => string {
  const texts = new Map<string, string>()
  return (...args) => {
    const name = args.join()
    const known = texts.get(name) ?? write(...args)
    texts.set(name, known)
    return known
  }
}

interface Parts {
  readonly table: string
  readonly key: string
  readonly value: string
  upsert(source: string): string
}

/** Statements for many keys at once. */
function manyOf(dialect: Dialect, batch: BatchSql, { table, key, value, upsert }: Parts) {
  const ofKeys =
    (action: string) =>
    (keys: readonly string[]): Question => ({
      text: `${action} FROM ${table} WHERE ${key} ${batch.isOneOf(keys.length)}`,
      params: batch.keys(keys.map(dialect.blobs.key.bind)),
    })
  return {
    get: ofKeys(`SELECT ${key}, ${value}`),
    remove: ofKeys('DELETE'),
    put: (rows: readonly BlobRow[]): Question => ({
      text: upsert(batch.source(rows.length)),
      params: batch.rows(rows),
    }),
  }
}
