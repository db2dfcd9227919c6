import type { Clause } from './contract.ts'

/** What a group of clauses is there for, and how they are kept. */
export interface Explanation {
  readonly clauses: readonly Clause[]
  /** What happens to a user where one of them is broken. */
  readonly protects: string
  /** The usual cause by kind of storage. */
  readonly causes: { readonly files: string; readonly sql: string; readonly service: string }
  /** A fix, in five lines at most. */
  readonly fix: string
}

/** Every clause of the kit is in exactly one group. */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    clauses: ['O1'],
    protects: 'cases that see what others left, so that failures are told of a store that is right',
    causes: {
      files: 'one folder for all; make one by mkdtemp in open, and remove it in remove',
      sql: 'one table for all; give each store a table or a prefix of its own',
      service: 'one bucket or database for all; give each store a prefix of its own',
    },
    fix: `let place = 0
export default {
  open: () => myStore({ prefix: \`kit-\${process.pid}-\${place++}/\` }),
  remove: store => dropPrefix(prefixOf(store)),
}`,
  },
  {
    clauses: ['K1', 'K2', 'K3', 'K4', 'V7'],
    protects: 'two keys that become one, injected queries, and objects stored as "[object Object]"',
    causes: {
      files: 'a path is joined before the key was checked',
      sql: 'a driver turns what is no string into one, or into a condition',
      service: 'a client encodes halves of surrogate pairs as U+FFFD',
    },
    fix: `// createStore checks keys and values before your driver is called.
return createStore({ name: 'mine', get, keys, set, delete: remove })
// Declare keyType: 'any' or valueType: 'any' only for keys and values of your own,
// and check them in every method.`,
  },
  {
    clauses: ['K5', 'K6', 'K7', 'K8', 'K10', 'K11', 'K12', 'K13', 'K14', 'D2'],
    protects: 'a value that silently replaces another, whose key only looks the same',
    causes: {
      files: 'the file system folds case or normalises names, and a file cannot be a folder too',
      sql: 'a column with a collation, or one that trims; keep keys in a column of bytes',
      service: 'names are decoded, cut at ? and #, or resolved at . and ..',
    },
    fix: `import { encodedKeys } from '@kvdol/core/adapter'
const name = encodedKeys.encode(key) // total, and injective under case folding
const key = encodedKeys.decode(name) // undefined for a foreign name
// or refuse: throw new StoreError('InvalidKey', 'why', { reason: 'case-clash' })
// and declare guarantees: { rejects: ['case-clash'] }`,
  },
  {
    clauses: ['K9', 'D4', 'D5', 'T4', 'T7', 'T8'],
    protects: 'data beside the store, which a key, a prefix or clear must not reach',
    causes: {
      files: 'a path with .. or a link is followed out of the folder',
      sql: 'a name of a table or a pattern is put together from a key',
      service: 'a prefix without its end, so that "a" also means "ab"',
    },
    fix: `const path = join(root, encodedKeys.encode(key)) // no segment is . or ..
// open without following links, delete one object and never a folder,
// compare prefixes with their end, and set sharedRoot: true where
// the root holds more than this store's own values.`,
  },
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
    clauses: ['V1', 'V2', 'V3', 'V6', 'V8', 'W16'],
    protects: 'values that come back changed, cut or as missing',
    causes: {
      files: 'bytes go through text, or a short write is taken for a whole one',
      sql: 'a column of text, or one that is cut at its length without an error',
      service: 'an empty body is taken for none, or the length of a view for that of its buffer',
    },
    fix: `if (value === undefined) … // never if (value) or if (value.length)
const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
// declare maxValueBytes; the store then refuses longer ones before any effect`,
  },
  {
    clauses: ['V4', 'V5', 'N6'],
    protects: 'a stored value that changes when the program changes its own array',
    causes: {
      files: 'a cache gives out the array that it keeps',
      sql: 'the client’s rows are parts of a larger buffer',
      service: 'a body is sent later than set returns, without a copy',
    },
    fix: `get: key => map.get(key)?.slice(),
set: (key, value) => void map.set(key, value), // the store gave a copy already
// plainBytes(buffer) of @kvdol/core/adapter makes a plain array of a Buffer;
// say copies: true only if set has sent the bytes before it returns.`,
  },
  {
    clauses: ['R1', 'R2', 'R6', 'L7', 'C5'],
    protects: 'a program that creates anew what it could only not read',
    causes: {
      files: 'every error is taken for ENOENT; a short read for a whole one',
      sql: 'a lost connection gives no rows',
      service: '403 and 404 are one, or a cut body is a shorter value',
    },
    fix: `const errorOf = errorTable({
  meanings: { ...networkErrors, 403: 'PermissionDenied', 503: 'Unavailable' },
  names: error => [error.status, error.code],
})
get: async key => (await read(key).catch(absentIf(404)))?.bytes, // 404 and nothing else`,
  },
  {
    clauses: ['R3', 'R8', 'W14', 'W7'],
    protects: 'a copy that is believed fresh, and an update that is lost behind a wrong etag',
    causes: {
      files: 'the etag is a time with coarse ticks',
      sql: 'value and etag are read by two queries',
      service: 'stat asks twice, and a write fits between',
    },
    fix: `-- one statement for both
SELECT value, etag FROM t WHERE key = ?
-- getWithStat gives both of one answer; a counter or a hash makes the etag,
-- never the size or a time alone`,
  },
  {
    clauses: ['R4', 'R5', 'S3', 'S4', 'S5', 'S1'],
    protects: 'parts of values that do not fit together, and values that are there before they are whole',
    causes: {
      files: 'the target is opened by name for each chunk, or written under its own name',
      sql: 'chunks are rows that another write replaces in between',
      service: 'the end of a range counts as inclusive; an upload is finished after an error',
    },
    fix: `const { start, end } = resolveRange(range, size) // of @kvdol/core/adapter
const temporary = await writeAside(chunks)  // throws: nothing is visible
if (written !== size) await discard(temporary)
else await renameInto(place, temporary)`,
  },
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
  {
    clauses: ['C1', 'C3', 'C9', 'C10', 'N8'],
    protects: 'programs that hang, end by an unhandled rejection, or act on a promise that was none',
    causes: {
      files: 'handles that close leaves open',
      sql: 'a pool that waits for a connection without a limit',
      service: 'the signal is not passed on, so that the request goes on after the abort',
    },
    fix: `get: (key, { signal }) => call(signal => client.read(key, { signal }), { timeout, signal }),
close: () => client.end(),
// call and retry are in @kvdol/core/adapter. Await every promise you start,
// or give it a .catch(() => {}) and say why.`,
  },
  {
    clauses: ['T6', 'T12', 'N7', 'N9', 'N11'],
    protects: 'views and layers that answer something else than the store below them',
    causes: {
      files: 'a layer wraps errors again and loses the key',
      sql: 'keys that are lists or dates are compared by identity',
      service: 'a test by instanceof, which another copy of core does not pass',
    },
    fix: `isStoreError(error, 'NotFound') // never error instanceof StoreError
const made = layer(store, 'mine', { get }) // what must agree is derived
pipe(store, mapKeys(codec)) // identity is what the codec encodes to`,
  },
  {
    clauses: ['M1', 'M2'],
    protects: 'sequences of calls of which each is right and all together are not',
    causes: {
      files: 'an index beside the files that one path forgets',
      sql: 'reads outside of the transaction that wrote',
      service: 'a cache, or a replica, between two calls',
    },
    fix: `conformance({ ...subject, seed }) // the seed of the failure repeats it
// Shorten the printed commands by hand to the two or three that matter;
// usually one path (a stream, a batch, a rename) leaves an index or a cache behind.`,
  },
  {
    clauses: ['N1', 'N2'],
    protects: 'a fast way that gives something else than the slow one',
    causes: {
      files: 'rename over a value with ifAbsent; a folder that is taken for a key',
      sql: 'answers of IN (…) come in the order of the table',
      service: 'copy and delete without a condition, so that a write between is lost',
    },
    fix: `// Leave the method out: the derived way is right.
// Or compare: getMany gives one answer for each key asked, in that order;
// rename gives false where nothing is at from, keeps the content type,
// and decides ifAbsent in the backend.`,
  },
  {
    clauses: ['N10'],
    protects: 'a server that answers nobody while one call waits',
    causes: {
      files: 'a function that ends in Sync',
      sql: 'an embedded database with a busy timeout of seconds',
      service: 'one value is compressed, hashed or parsed in one go',
    },
    fix: `for (let attempt = 0; busy(error); attempt++) await pause(attempt) // never a busy timeout
// Work on long values in pieces of 64 KiB with a turn of the event loop between,
// or in a worker.`,
  },
  {
    clauses: ['N12'],
    protects: 'writers that wait for ever for one that is gone',
    causes: {
      files: 'a lock file without its holder and without an end',
      sql: 'a row that says locked',
      service: 'a key that says locked, set without a time to live',
    },
    fix: `SET lock:key holder NX PX 10000 -- ends by itself
-- renew it while you work; whoever finds it over takes it with a condition
-- on the holder, so that of two that wait one goes first`,
  },
  {
    clauses: ['N13', 'N14'],
    protects: 'copies that miss a change, and other programs that read something else at the path',
    causes: {
      files: 'watching begins after watch has resolved',
      sql: 'a notification that is lost while the connection is made anew',
      service: 'a codec lies between, so that the address shows the stored form',
    },
    fix: `async *watch({ signal }) {
  const changes = await subscribe(signal) // first
  yield []                                // from now on everything is told
  for await (const event of changes) yield event.lost ? [undefined] : [event.key]
}`,
  },
  {
    clauses: ['Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6', 'Q7', 'Q8'],
    protects: 'keys and values that a codec loses or mixes up',
    causes: {
      files: 'names that decode although no key encodes to them',
      sql: 'numbers or dates as text of no fixed width, which sort otherwise',
      service: 'two parts joined by a character that they may hold themselves',
    },
    fix: `decode(inner) {
  const outer = parse(inner)
  return outer !== undefined && encode(outer) === inner ? outer : undefined
}`,
  },
]
