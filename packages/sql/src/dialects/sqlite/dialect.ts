import { StoreError } from '@kvdol/core/adapter'
import { doubleQuoted, upsertBy } from '../common.ts'
import type { BlobSql, Catalogue, Dialect } from '../dialect.ts'
import { types } from './column-types.ts'
import { errorOf } from './errors.ts'

/** What tables a SQLite database has. */
const catalogue: Catalogue = {
  columns: ({ schema = 'main', name }) => ({
    text: `SELECT name, type, "notnull" = 0 AND pk = 0, pk, hidden > 1, 1, type,
(SELECT 'UTF-16' FROM pragma_encoding WHERE encoding <> 'UTF-8') FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1`,
    params: [name, schema],
  }),
  uniqueKeys: ({ schema = 'main', name }) => ({
    text: `SELECT l.name, i.name FROM pragma_index_list(?, ?) l, pragma_index_info(l.name, ?) i
WHERE l."unique" = 1 AND l.partial = 0
UNION ALL SELECT '', name FROM pragma_table_info(?, ?) WHERE pk > 0 ORDER BY 1`,
    params: [name, schema, schema, name, schema],
  }),
  tables: (schema = 'main') => ({
    text: `SELECT name FROM ${doubleQuoted(schema)}.sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    params: [],
  }),
}

const LONGEST = 999_000_000

/** Tables of bytes in SQLite. */
const blobs: BlobSql = {
  key: {
    // Bound as text and cast, which copies less than making bytes of it first.
    bind: key => key,
    expression: parameter => `CAST(${parameter} AS BLOB)`,
    column: quoted => `CAST(${quoted} AS TEXT)`,
    read: native => (typeof native === 'string' && native !== '' ? native : undefined),
    // SQLite puts U+FFFD where bytes are no UTF-8.
    isCertain: native => typeof native === 'string' && native !== '' && !native.includes('\ufffd'),
  },
  // A column of bytes takes text as well, which other programs must not put there.
  columns: {
    key: `BLOB NOT NULL PRIMARY KEY CHECK (typeof(key) = 'blob' AND length(key) > 0)`,
    etag: 'TEXT NOT NULL',
    value: `BLOB NOT NULL CHECK (typeof(value) = 'blob')`,
  },
  // A table with rowids: the index on the key is all that a listing reads, and never has values in its pages.
  suffix: '',
  longestValue: LONGEST,
  async inspect(db) {
    const { rows } = await db.query('PRAGMA encoding', [])
    const encoding = rows[0]?.[0]
    // The bytes of a key that is bound as text would be those of UTF-16.
    if (encoding !== 'UTF-8')
      throw new StoreError('Incompatible', `the database keeps text as ${encoding}; blobs needs UTF-8`)
    return LONGEST
  },
  batch: undefined,
}

/** A constraint may say that what violates it is ignored, or that it replaces other rows; a statement overrules that. */
function insert(table: string, columns: readonly string[]): string {
  return `INSERT OR ABORT INTO ${table} (${columns.join(', ')})`
}

/** The SQL of SQLite. */
export const sqliteDialect: Dialect = {
  name: 'sqlite',
  errorOf,
  quote: doubleQuoted,
  refusal: () => undefined,
  parameters: () => () => '?',
  insert,
  update: 'UPDATE OR ABORT',
  upsert: upsertBy(insert),
  conditionalUpsert: true,
  orNothing: ' ON CONFLICT DO NOTHING',
  isSame: 'IS',
  missingValue: 'NULL',
  createCommits: false,
  serialTransactions: true,
  copiesParameters: true,
  catalogue,
  types,
  blobs,
}
