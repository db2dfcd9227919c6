import { byteKeys, doubleQuoted, upsertBy } from '../common.ts'
import type { BlobSql, Catalogue, Dialect } from '../dialect.ts'
import { types } from './column-types.ts'
import { errorOf } from './errors.ts'
import { notices } from './notices.ts'
import { regclass } from './regclass.ts'

/** What tables a PostgreSQL database has. */
const catalogue: Catalogue = {
  // A domain is described by what it is made of.
  columns: table => ({
    text: `WITH RECURSIVE base (attnum, type, mod) AS (
SELECT attnum, atttypid, atttypmod FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT b.attnum, t.typbasetype, t.typtypmod FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd')
SELECT a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull,
coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0), a.attgenerated <> '' OR a.attidentity = 'a',
b.type = to_regtype('citext') IS TRUE OR b.type = 'bpchar'::regtype OR coalesce(NOT c.collisdeterministic, false),
format_type(b.type, b.mod) || CASE WHEN t.typtype = 'e' THEN ' enum' ELSE '' END,
CASE WHEN t.typcategory = 'D' AND current_setting('DateStyle') NOT LIKE 'ISO%' THEN 'the DateStyle of the sessions is not ISO'
WHEN a.attidentity = 'a' THEN 'identity' END
FROM pg_attribute a JOIN base b ON b.attnum = a.attnum JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
LEFT JOIN pg_collation c ON c.oid = a.attcollation
LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = to_regclass($1) ORDER BY a.attnum`,
    params: [regclass(table)],
  }),
  // The indexes of a table say nothing about the rows of those that inherit from it.
  uniqueKeys: table => ({
    text: `SELECT i.indexrelid::text, a.attname FROM pg_index i
CROSS JOIN LATERAL unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS k(attnum)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
AND NOT EXISTS (SELECT FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent AND p.relkind = 'r' WHERE p.oid = i.indrelid)
ORDER BY i.indexrelid`,
    params: [regclass(table)],
  }),
  tables: schema => ({
    text: `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = coalesce($1, current_schema()) ORDER BY c.relname`,
    params: [schema ?? null],
  }),
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
  notices,
  batch: {
    isOneOf: () => '= ANY($1::bytea[])',
    keys: bound => [bound as readonly Uint8Array[]],
    source: () => 'SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[])',
    rows: rows => [0, 1, 2].map(column => rows.map(row => row[column] as string | Uint8Array)),
  },
}

/** PostgreSQL cuts longer names without an error. */
const LONGEST_NAME = 63

/** Identity columns that are `GENERATED ALWAYS` take a value as well, so that a row is written back as it was read. */
function insert(table: string, columns: readonly string[], identity = false): string {
  return `INSERT INTO ${table} (${columns.join(', ')})${identity ? ' OVERRIDING SYSTEM VALUE' : ''}`
}

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
  insert,
  update: 'UPDATE',
  upsert: upsertBy(insert),
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
