import type { Explanation } from './explanation.ts'

/** Groups of clauses about keys, and places that they must not reach. */
export const keys: readonly Explanation[] = [
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
]
