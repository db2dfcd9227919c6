import type { Explanation } from './explanation.ts'

/** Groups of clauses about opening, closing, errors, sequences of calls, and what a store does beside them. */
export const conduct: readonly Explanation[] = [
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
]
