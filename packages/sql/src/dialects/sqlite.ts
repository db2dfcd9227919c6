import { conflictClause, type Dialect, doubleQuoted, type Kind } from './dialect.ts'

const TYPES: Readonly<Record<Kind, string>> = {
  integer: 'INTEGER',
  bigint: 'BIGINT',
  number: 'REAL',
  // Words such as DECIMAL would turn the text into a float.
  decimal: 'DECIMAL TEXT',
  text: 'TEXT',
  boolean: 'BOOLEAN',
  bytes: 'BLOB',
  date: 'DATETIME TEXT',
  json: 'JSON TEXT',
  any: '',
}

/** Types that only this package writes. */
const OWN: Readonly<Record<string, Kind>> = {
  'DECIMAL TEXT': 'decimal',
  BOOLEAN: 'boolean',
  'DATETIME TEXT': 'date',
  'JSON TEXT': 'json',
}

/** The SQL of SQLite. */
export const sqliteDialect: Dialect = {
  name: 'sqlite',
  quote: doubleQuoted,
  longestName: undefined,
  parameters: () => () => '?',
  key: {
    // Bound as text and cast, which copies less than making bytes of it first.
    bind: key => key,
    expression: parameter => `CAST(${parameter} AS BLOB)`,
    column: quoted => `CAST(${quoted} AS TEXT)`,
    read: value => (typeof value === 'string' && value !== '' ? value : undefined),
  },
  // SQLite would take text for bytes; other programs must not put any there.
  blobColumns: {
    key: `BLOB NOT NULL PRIMARY KEY CHECK (typeof(key) = 'blob' AND length(key) > 0)`,
    etag: 'TEXT NOT NULL',
    value: `BLOB NOT NULL CHECK (typeof(value) = 'blob')`,
  },
  // A table with rowids: the index on the key is all that a listing reads, and never has values in its pages.
  blobTable: { suffix: '', after: () => undefined },
  longestValue: 999_000_000,
  columns: ({ schema = 'main', name }) => ({
    text: `SELECT name, type, "notnull" = 0 AND pk = 0, pk, hidden > 1, 1 FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1`,
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
  kindOf: declared => {
    const type = declared.toUpperCase()
    if (OWN[type] !== undefined) return OWN[type]
    if (/INT/.test(type)) return 'integer'
    if (/CHAR|CLOB|TEXT/.test(type)) return 'text'
    if (/BLOB/.test(type)) return 'bytes'
    if (/REAL|FLOA|DOUB/.test(type)) return 'number'
    return 'any'
  },
  typeOf: kind => TYPES[kind],
  exactly: quoted => `${quoted} COLLATE BINARY`,
  upsert: conflictClause,
  orNothing: 'ON CONFLICT DO NOTHING',
}
