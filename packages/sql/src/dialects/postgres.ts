import { conflictClause, type Dialect, doubleQuoted, type Kind, keyOfBytes, type Table } from './dialect.ts'

const TYPES: Readonly<Record<Kind, string>> = {
  integer: 'bigint',
  bigint: 'bigint',
  number: 'double precision',
  decimal: 'numeric',
  text: 'text',
  boolean: 'boolean',
  bytes: 'bytea',
  date: 'timestamptz',
  json: 'jsonb',
  any: 'text',
}

const KINDS: Readonly<Record<string, Kind>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  oid: 'integer',
  real: 'number',
  'double precision': 'number',
  numeric: 'decimal',
  text: 'text',
  'character varying': 'text',
  character: 'text',
  citext: 'text',
  boolean: 'boolean',
  bytea: 'bytes',
  'timestamp with time zone': 'date',
  'timestamp without time zone': 'date',
  json: 'json',
  jsonb: 'json',
}

/** The table as the catalogue finds it, along the search path where no schema is given. */
function regclass({ schema, name }: Table): string {
  return schema === undefined ? doubleQuoted(name) : `${doubleQuoted(schema)}.${doubleQuoted(name)}`
}

/** The SQL of PostgreSQL. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  quote: doubleQuoted,
  longestName: { length: 63, unit: 'bytes' },
  parameters: () => {
    let count = 0
    return () => `$${++count}`
  },
  key: {
    bind: key => Buffer.from(key),
    expression: parameter => parameter,
    column: quoted => quoted,
    read: keyOfBytes,
  },
  blobColumns: { key: 'bytea NOT NULL PRIMARY KEY', etag: 'text NOT NULL', value: 'bytea NOT NULL' },
  blobTable: {
    suffix: '',
    // Not compressed, so that a range is read without the rest.
    after: table => `ALTER TABLE ${table} ALTER COLUMN value SET STORAGE EXTERNAL`,
  },
  // The driver gets bytes as hexadecimal text, in one string, and a string has a longest length.
  longestValue: 268_435_000,
  columns: table => ({
    text: `SELECT a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull,
coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0), a.attgenerated <> '' OR a.attidentity = 'a',
a.atttypid = to_regtype('citext') IS TRUE OR a.atttypid = 'bpchar'::regtype
FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    params: [regclass(table)],
  }),
  uniqueKeys: table => ({
    text: `SELECT i.indexrelid::text, a.attname FROM pg_index i
CROSS JOIN LATERAL unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS k(attnum)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
ORDER BY i.indexrelid`,
    params: [regclass(table)],
  }),
  tables: schema => ({
    text: `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = coalesce($1, current_schema()) ORDER BY c.relname`,
    params: [schema ?? null],
  }),
  kindOf: type => KINDS[type] ?? 'any',
  typeOf: kind => TYPES[kind],
  exactly: quoted => `${quoted}::text COLLATE "C"`,
  upsert: conflictClause,
  orNothing: 'ON CONFLICT DO NOTHING',
}
