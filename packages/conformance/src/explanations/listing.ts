import type { Explanation } from './explanation.ts'

/** Groups of clauses about listings and foreign entries. */
export const listing: readonly Explanation[] = [
  {
    clauses: ['K15', 'L1', 'L2', 'L4', 'L8', 'L11', 'L12', 'N5'],
    protects: 'keys that a listing leaves out, gives twice, or gives in an order that pages do not share',
    causes: {
      files: 'the order of the folder; JavaScript’s sort, which is not that of UTF-8 bytes',
      sql: 'LIKE without escaping, a collation, OFFSET instead of a key',
      service: 'the last key of a page is left out, or comes again on the next',
    },
    fix: `SELECT key FROM t WHERE key > ? AND key >= ? AND key < ? ORDER BY key LIMIT 1000
-- after the last key of the page before; bounds instead of LIKE;
-- key is BLOB/BYTEA, so that the order is that of the bytes.
-- Without such an order leave order: 'none' and let the store filter.`,
  },
  {
    clauses: ['L3', 'L5', 'L6', 'L10'],
    protects: 'listings that never end, leak cursors, or fail because a key vanished',
    causes: {
      files: 'a folder is read whole; its handle is closed only at the end',
      sql: 'pages by OFFSET shift while rows come and go',
      service: 'all pages are fetched first; the cursor is not given back on break',
    },
    fix: `async function* keys({ prefix, after }) {
  const cursor = await open(prefix, after)
  try { for (let page; (page = await cursor.next()); ) yield* page }
  finally { await cursor.close() }
}`,
  },
  {
    clauses: ['L9', 'N4'],
    protects: 'what others keep in the same place, and programs that take it for a value',
    causes: {
      files: 'links, folders and sockets are read as files, or replaced',
      sql: 'rows of another program in the same table',
      service: 'a list or a hash under a key: one method looks at the type, another does not',
    },
    fix: `// One function decides for get, has, stat, getMany and streams:
const kindOf = async key => …  // 'value' | 'absent' | 'foreign'
if (kind === 'foreign') throw new StoreError('Incompatible', 'a list lies under this key')
// set refuses it too: a condition on the type, or a look within the same transaction`,
  },
]
