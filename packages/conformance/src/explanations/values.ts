import type { Explanation } from './explanation.ts'

/** Groups of clauses about values, and what reads give of them. */
export const values: readonly Explanation[] = [
  {
    clauses: ['V1', 'V2', 'V3', 'V6', 'V8', 'W16', 'W17'],
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
]
