import { type Dialect, type Kind, keyOfBytes } from './dialect.ts'

const TYPES: Readonly<Record<Kind, string>> = {
  integer: 'BIGINT',
  bigint: 'BIGINT',
  number: 'DOUBLE',
  decimal: 'DECIMAL(65, 30)',
  text: 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  boolean: 'TINYINT(1)',
  bytes: 'LONGBLOB',
  date: 'DATETIME(3)',
  json: 'JSON',
  any: 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
}

/** Types of key columns, which an index must be able to hold. */
const KEY_TYPES: Partial<Record<Kind, string>> = {
  text: 'VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  any: 'VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  bytes: 'VARBINARY(1024)',
}

const KINDS: Readonly<Record<string, Kind>> = {
  'tinyint(1)': 'boolean',
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  float: 'number',
  double: 'number',
  decimal: 'decimal',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  set: 'text',
  binary: 'bytes',
  varbinary: 'bytes',
  tinyblob: 'bytes',
  blob: 'bytes',
  mediumblob: 'bytes',
  longblob: 'bytes',
  datetime: 'date',
  timestamp: 'date',
  json: 'json',
}

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``

// Names of tables may be folded by the server; where they are not, `A` is not `a`.
const NAMED =
  'table_schema = coalesce(?, DATABASE()) AND table_name = ? AND (@@lower_case_table_names <> 0 OR BINARY table_name = ?)'

/** The SQL of MySQL and MariaDB. */
export const mysqlDialect: Dialect = {
  name: 'mysql',
  quote,
  longestName: { length: 64, unit: 'characters' },
  parameters: () => () => '?',
  key: {
    bind: key => Buffer.from(key),
    expression: parameter => parameter,
    column: quoted => quoted,
    read: keyOfBytes,
  },
  blobColumns: {
    key: 'VARBINARY(1024) NOT NULL PRIMARY KEY',
    etag: 'VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL',
    value: 'LONGBLOB NOT NULL',
  },
  blobTable: { suffix: ' ENGINE = InnoDB ROW_FORMAT = DYNAMIC', after: () => undefined },
  longestValue: 1_073_000_000,
  columns: ({ schema = null, name }) => ({
    text: `SELECT column_name, column_type, is_nullable = 'YES', coalesce((SELECT max(s.seq_in_index)
FROM information_schema.statistics s WHERE s.table_schema = c.table_schema AND s.table_name = c.table_name
AND s.column_name = c.column_name AND s.index_name = 'PRIMARY'), 0), extra LIKE '%GENERATED%' AND extra NOT LIKE '%DEFAULT_GENERATED%', coalesce(collation_name NOT LIKE '%nopad_bin' AND collation_name NOT LIKE '%0900_bin', 0)
FROM information_schema.columns c WHERE ${NAMED} ORDER BY ordinal_position`,
    params: [schema, name, name],
  }),
  uniqueKeys: ({ schema = null, name }) => ({
    text: `SELECT index_name, IF(sub_part IS NULL, column_name, NULL) FROM information_schema.statistics
WHERE ${NAMED} AND non_unique = 0 ORDER BY index_name, seq_in_index`,
    params: [schema, name, name],
  }),
  tables: (schema = undefined) => ({
    text: 'SELECT table_name FROM information_schema.tables WHERE table_schema = coalesce(?, DATABASE()) ORDER BY table_name',
    params: [schema ?? null],
  }),
  kindOf(declared) {
    const type = declared.toLowerCase()
    if (type === 'tinyint(1)') return 'boolean'
    return KINDS[type.replace(/[( ].*$/s, '')] ?? 'any'
  },
  typeOf: (kind, isKey) => (isKey ? KEY_TYPES[kind] : undefined) ?? TYPES[kind],
  exactly: quoted => `CAST(CONVERT(${quoted} USING utf8mb4) AS BINARY)`,
  upsert({ table, columns, source, updated, target }) {
    // Both MySQL and MariaDB know VALUES; each has a newer form that the other does not know.
    const sets = (updated.length > 0 ? updated : target.slice(0, 1)).map(
      column => `${column} = VALUES(${column})`,
    )
    return `INSERT INTO ${table} (${columns.join(', ')}) ${source} ON DUPLICATE KEY UPDATE ${sets.join(', ')}`
  },
  orNothing: undefined,
}
