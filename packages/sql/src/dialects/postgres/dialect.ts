import { byteKeys, conflictClause, doubleQuoted, kindsByType } from '../common.ts'
import type { BlobSql, Catalogue, ColumnTypes, Dialect, Kind, Table } from '../dialect.ts'
import { errorOf } from './errors.ts'

/** What tables a PostgreSQL database has. */
const catalogue: Catalogue = {
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
}

/** The table as the catalogue finds it, along the search path where no schema is given. */
function regclass({ schema, name }: Table): string {
  return schema === undefined ? doubleQuoted(name) : `${doubleQuoted(schema)}.${doubleQuoted(name)}`
}

const TYPES: Readonly<Record<Kind, string>> = {
  integer: 'bigint',
  bigint: 'bigint',
  number: 'double precision',
  decimal: 'numeric',
  text: 'text',
  boolean: 'boolean',
  bytes: 'bytea',
  date: 'timestamp with time zone',
  json: 'jsonb',
  any: 'text',
}

const KINDS = kindsByType({
  integer: ['smallint', 'integer', 'bigint', 'oid'],
  number: ['real', 'double precision'],
  decimal: ['numeric'],
  text: ['text', 'character varying', 'character', 'citext'],
  boolean: ['boolean'],
  bytes: ['bytea'],
  date: ['timestamp with time zone', 'timestamp without time zone'],
  json: ['json', 'jsonb'],
})

/** The columns of PostgreSQL. */
const types: ColumnTypes = {
  kindOf: type => KINDS.get(type) ?? 'any',
  typeOf: kind => TYPES[kind],
  alike: {},
  exactly: quoted => `${quoted}::text COLLATE "C"`,
  exactText: text => text,
  selected: quoted => quoted,
  holdsNumber: () => true,
  printMoment: iso => iso,
}

/** Tables of bytes in PostgreSQL. */
const blobs: BlobSql = {
  key: byteKeys,
  columns: { key: 'bytea NOT NULL PRIMARY KEY', etag: 'text NOT NULL', value: 'bytea NOT NULL' },
  suffix: '',
  // Not compressed, so that a range is read without the rest.
  afterCreate: table => `ALTER TABLE ${table} ALTER COLUMN value SET STORAGE EXTERNAL`,
  // The driver gets bytes as hexadecimal text, in one string, and a string has a longest length.
  longestValue: 268_435_000,
  batch: {
    isOneOf: () => '= ANY($1::bytea[])',
    keys: bound => [bound as readonly Uint8Array[]],
    source: () => 'SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[])',
    rows: rows => [0, 1, 2].map(column => rows.map(row => row[column] as string | Uint8Array)),
  },
}

/** PostgreSQL cuts longer names without an error. */
const LONGEST_NAME = 63

/** The SQL of PostgreSQL. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  errorOf,
  quote: doubleQuoted,
  refusal(name) {
    const length = Buffer.byteLength(name)
    return length > LONGEST_NAME ? `has at most ${LONGEST_NAME} bytes here, not ${length}` : undefined
  },
  parameters() {
    let count = 0
    return () => `$${++count}`
  },
  upsert: conflictClause,
  conditionalUpsert: true,
  orNothing: ' ON CONFLICT DO NOTHING',
  isSame: 'IS NOT DISTINCT FROM',
  missingValue: 'DEFAULT',
  createCommits: false,
  serialTransactions: false,
  copiesParameters: false,
  catalogue,
  types,
  blobs,
}
