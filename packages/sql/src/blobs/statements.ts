import type { Dialect, Table } from '../dialects/dialect.ts'
import { quotedTable } from '../table-name.ts'

/** The SQL of one table of bytes. */
export type Statements = ReturnType<typeof statementsOf>

/** Which bound a listing has: keys from this one on, or keys after it. */
export type Lower = 'from' | 'after'

/** Writes all statements once. Parameters come in the order in which they are named here. */
export function statementsOf(dialect: Dialect, name: Table) {
  const table = quotedTable(dialect, name)
  const [key, etag, value] = ['key', 'etag', 'value'].map(dialect.quote) as [string, string, string]
  const shown = dialect.key.column(key)
  /** Builds a statement from a function of its parameters: `p()` is the next one, `k()` the next one as a key. */
  const write = (build: (p: () => string, k: () => string) => string): string => {
    const p = dialect.parameters()
    return build(p, () => dialect.key.expression(p()))
  }
  const row = (p: () => string, k: () => string) => `(${k()}, ${p()}, ${p()})`
  const columns = [key, etag, value]
  const range = (p: () => string, k: () => string, lower: Lower | undefined, upper: boolean) =>
    [
      ...(lower === undefined ? [] : [`${key} ${lower === 'from' ? '>=' : '>'} ${k()}`]),
      ...(upper ? [`${key} < ${p()}`] : []),
    ].join(' AND ')
  const where = (condition: string) => (condition === '' ? '' : ` WHERE ${condition}`)
  const lists = new Map<string, string>()
  const list = (selected: string, lower: Lower | undefined, upper: boolean): string => {
    const id = `${selected} ${lower} ${upper}`
    const known = lists.get(id) ?? listOf(selected, lower, upper)
    lists.set(id, known)
    return known
  }
  const listOf = (selected: string, lower: Lower | undefined, upper: boolean) =>
    write(
      (p, k) =>
        `SELECT ${selected} FROM ${table}${where(range(p, k, lower, upper))} ORDER BY ${key} LIMIT ${p()}`,
    )

  return {
    table,
    create: `CREATE TABLE IF NOT EXISTS ${table} (${key} ${dialect.blobColumns.key}, ${etag} ${dialect.blobColumns.etag}, ${value} ${dialect.blobColumns.value})${dialect.blobTable.suffix}`,
    afterCreate: dialect.blobTable.after(table),
    /** key */
    get: write((_, k) => `SELECT ${value} FROM ${table} WHERE ${key} = ${k()}`),
    has: write((_, k) => `SELECT 1 FROM ${table} WHERE ${key} = ${k()}`),
    stat: write((_, k) => `SELECT length(${value}), ${etag} FROM ${table} WHERE ${key} = ${k()}`),
    count: `SELECT count(*) FROM ${table}`,
    /** key, etag, value */
    put: write((p, k) =>
      dialect.upsert({
        table,
        columns,
        source: `VALUES ${row(p, k)}`,
        target: [key],
        updated: [etag, value],
      }),
    ),
    /** key, etag, value */
    insert: write(
      (p, k) =>
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${row(p, k)}${dialect.orNothing ? ` ${dialect.orNothing}` : ''}`,
    ),
    /** etag, value, key, old etag */
    replace: write(
      (p, k) =>
        `UPDATE ${table} SET ${etag} = ${p()}, ${value} = ${p()} WHERE ${key} = ${k()} AND ${etag} = ${p()}`,
    ),
    /** key */
    remove: write((_, k) => `DELETE FROM ${table} WHERE ${key} = ${k()}`),
    /** key, etag */
    removeMatch: write((p, k) => `DELETE FROM ${table} WHERE ${key} = ${k()} AND ${etag} = ${p()}`),
    /** new key, etag, key */
    move: write((p, k) => `UPDATE ${table} SET ${key} = ${k()}, ${etag} = ${p()} WHERE ${key} = ${k()}`),
    /** Lower and upper bound, as given, and the number of keys; as they are read, or as bytes. */
    list: (lower: Lower | undefined, upper: boolean, raw: boolean) => list(raw ? key : shown, lower, upper),
    /** The same, with the lengths of the values. */
    listSizes: (lower: Lower | undefined, upper: boolean, raw: boolean) =>
      list(`${raw ? key : shown}, length(${value})`, lower, upper),
    /** first and last key */
    between: write(
      (_, k) =>
        `SELECT ${shown}, ${value} FROM ${table} WHERE ${key} >= ${k()} AND ${key} <= ${k()} ORDER BY ${key}`,
    ),
    /** from, length, key: the part of a value from a position that counts from 1 */
    part: write(
      (p, k) =>
        `SELECT ${etag}, length(${value}), substr(${value}, ${p()}, ${p()}) FROM ${table} WHERE ${key} = ${k()}`,
    ),
    /** suffix, suffix, length, key */
    lastPart: write(
      (p, k) =>
        `SELECT ${etag}, length(${value}), substr(${value}, CASE WHEN length(${value}) > ${p()} THEN length(${value}) - ${p()} + 1 ELSE 1 END, ${p()}) FROM ${table} WHERE ${key} = ${k()}`,
    ),
    /** from, length, key, etag */
    nextPart: write(
      (p, k) =>
        `SELECT substr(${value}, ${p()}, ${p()}) FROM ${table} WHERE ${key} = ${k()} AND ${etag} = ${p()}`,
    ),
    many: manyOf(dialect, { table, key, etag, value }),
  }
}

interface Names {
  readonly table: string
  readonly key: string
  readonly etag: string
  readonly value: string
}

/** Statements for many keys at once: by arrays in PostgreSQL, by repeated parameters in MySQL. */
function manyOf(dialect: Dialect, { table, key, etag, value }: Names) {
  const columns = [key, etag, value]
  const upsert = (source: string) =>
    dialect.upsert({ table, columns, source, target: [key], updated: [etag, value] })
  const inList = (count: number) => `IN (${Array(count).fill('?').join(', ')})`
  const arrays = dialect.name === 'postgres'
  return {
    get: (count: number) =>
      `SELECT ${key}, ${value} FROM ${table} WHERE ${key} ${arrays ? '= ANY($1::bytea[])' : inList(count)}`,
    remove: (count: number) =>
      `DELETE FROM ${table} WHERE ${key} ${arrays ? '= ANY($1::bytea[])' : inList(count)}`,
    put: (count: number) =>
      upsert(
        arrays
          ? 'SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[])'
          : `VALUES ${Array(count).fill('(?, ?, ?)').join(', ')}`,
      ),
  }
}
