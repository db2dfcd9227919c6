import type { Explanation } from './explanation.ts'

/** Groups of clauses about writes, alone, under conditions and in batches. */
export const writing: readonly Explanation[] = [
  {
    clauses: ['R7', 'N3', 'W1', 'D1', 'D3'],
    protects: 'a program that reads what it has just replaced or deleted',
    causes: {
      files: 'a cache that a write does not clear',
      sql: 'reads go to a replica, writes to the primary',
      service: 'a write is acknowledged before it can be listed',
    },
    fix: `guarantees: {
  readConsistency: 'session', // the store that wrote sees it at once
  listConsistency: 'eventual', // everyone does, within
  settlesWithinMs: 2000,
}`,
  },
  {
    clauses: ['W2', 'W3', 'W8'],
    protects: 'half values, lost old values, and writes that vanish beside others',
    causes: {
      files: 'the file is written in place; a folder is removed while another writer needs it',
      sql: 'DELETE and INSERT without a transaction',
      service: 'the whole collection is one value that is read, changed and written',
    },
    fix: `const temporary = await open(name + random, 'wx')
await temporary.writeFile(value); await temporary.sync(); await temporary.close()
await rename(name + random, name) // old or new, nothing between
-- SQL: INSERT … ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  },
  {
    clauses: ['W9', 'W10', 'W12', 'D6'],
    protects: 'two programs that both believe to be the first, and updates that are lost',
    causes: {
      files: 'a look at the file, and a write then: link or O_EXCL creates',
      sql: 'SELECT and UPDATE: put the condition into the UPDATE and count the rows',
      service: 'the condition is not sent, or ignored by this version of the service',
    },
    fix: `UPDATE t SET value = ?, etag = ? WHERE key = ? AND etag = ? -- 0 rows: Conflict
PUT … If-Match: "etag"                                      -- 412: Conflict
SET key value NX                                            -- null: Conflict
// Cannot decide it without a race? Leave it out of conditions; the option is refused then.`,
  },
  {
    clauses: ['W13'],
    protects: 'half of a change, such as an order without its invoice',
    causes: {
      files: 'several renames, between which others look',
      sql: 'a statement for each entry outside of a transaction',
      service: 'a pipeline, which is many writes in one packet',
    },
    fix: `setMany: entries => transaction(async tx => {
  for (const [key, value] of entries) await tx.put(key, value)
}),
// Without a transaction leave batchAtomic out, try every entry,
// and return new Map([[key, error], …]) of those that failed.`,
  },
]
