import { byteKeys } from '../common.ts'
import type { BlobSql, Catalogue, Dialect } from '../dialect.ts'
import { types } from './column-types.ts'
import { errorOf } from './errors.ts'

// Names of tables may be folded by the server; where they are not, `A` is not `a`.
const NAMED =
  'table_schema = coalesce(?, DATABASE()) AND table_name = ? AND (@@lower_case_table_names <> 0 OR BINARY table_name = ?)'

/** What tables a database of MySQL or MariaDB has. */
const catalogue: Catalogue = {
  columns: ({ schema = null, name }) => ({
    text: `SELECT column_name, column_type, is_nullable = 'YES', coalesce((SELECT max(s.seq_in_index)
FROM information_schema.statistics s WHERE s.table_schema = c.table_schema AND s.table_name = c.table_name
AND s.column_name = c.column_name AND s.index_name = 'PRIMARY'), 0), extra LIKE '%GENERATED%' AND extra NOT LIKE '%DEFAULT_GENERATED%', coalesce(collation_name NOT LIKE '%nopad_bin' AND collation_name NOT LIKE '%0900_bin', 0), column_type,
CASE WHEN extra LIKE '%auto_increment%' AND @@sql_mode NOT LIKE '%NO_AUTO_VALUE_ON_ZERO%' THEN 'counts from 0'
WHEN data_type = 'timestamp' AND IF(@@time_zone = 'SYSTEM', @@system_time_zone, @@time_zone) NOT IN ('+00:00', 'UTC')
THEN CONCAT('the time_zone of the sessions is ', @@time_zone, ', and must be +00:00') END
FROM information_schema.columns c WHERE ${NAMED} ORDER BY ordinal_position`,
    params: [schema, name, name],
  }),
  uniqueKeys: ({ schema = null, name }) => ({
    text: `SELECT index_name, IF(sub_part IS NULL, column_name, NULL) FROM information_schema.statistics
WHERE ${NAMED} AND non_unique = 0 ORDER BY index_name, seq_in_index`,
    params: [schema, name, name],
  }),
  tables: schema => ({
    text: 'SELECT table_name FROM information_schema.tables WHERE table_schema = coalesce(?, DATABASE()) ORDER BY table_name',
    params: [schema ?? null],
  }),
}

const LONGEST = 1_073_000_000

/** What a statement has besides the value. */
const AROUND = 16 * 1024

const repeated = (part: string, count: number): string => Array(count).fill(part).join(', ')

/** Tables of bytes in MySQL and MariaDB. */
const blobs: BlobSql = {
  key: byteKeys,
  columns: {
    key: 'VARBINARY(1024) NOT NULL PRIMARY KEY',
    etag: 'VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL',
    value: 'LONGBLOB NOT NULL',
  },
  suffix: ' ENGINE = InnoDB ROW_FORMAT = DYNAMIC',
  longestValue: LONGEST,
  /** The server takes statements up to a length that is set, and ends the connection at a longer one. */
  async inspect(db) {
    const { rows } = await db.query('SELECT @@max_allowed_packet', [])
    return Math.min(LONGEST, Number(rows[0]?.[0]) - AROUND)
  },
  batch: {
    isOneOf: count => `IN (${repeated('?', count)})`,
    keys: bound => bound,
    source: count => `VALUES ${repeated('(?, ?, ?)', count)}`,
    rows: rows => rows.flat(),
  },
}

const LONGEST_NAME = 64

function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')})`
}

/** The SQL of MySQL and MariaDB. */
export const mysqlDialect: Dialect = {
  name: 'mysql',
  errorOf,
  quote: name => `\`${name.replaceAll('`', '``')}\``,
  refusal(name) {
    if (name.length > LONGEST_NAME) return `has at most ${LONGEST_NAME} characters here, not ${name.length}`
    return name.endsWith(' ') ? 'cannot end with a space' : undefined
  },
  parameters: () => () => '?',
  insert,
  update: 'UPDATE',
  upsert({ table, columns, source, updated, target, assign }) {
    // Both MySQL and MariaDB know VALUES; each has a newer form that the other does not know.
    const sets = (updated.length > 0 ? updated : target.slice(0, 1)).map(column => {
      const given = `VALUES(${column})`
      return `${column} = ${assign?.(column, column, given) ?? given}`
    })
    return `${insert(table, columns)} ${source} ON DUPLICATE KEY UPDATE ${sets.join(', ')}`
  },
  conditionalUpsert: false,
  orNothing: '',
  isSame: '<=>',
  missingValue: 'DEFAULT',
  createCommits: true,
  serialTransactions: false,
  copiesParameters: false,
  catalogue,
  types,
  blobs,
}
