import type { DriverWatchOptions, MaybePromise, WritableDriver } from '@kvdol/core'
import { preparation, prepared, whenReady } from '@kvdol/core/adapter'
import { isTrusted } from '../sessions/trusted.ts'
import { children } from './listing/children.ts'
import { entryPages, keyPages } from './listing/pages.ts'
import { prepareTable } from './opening/prepare-table.ts'
import type { Plan } from './plan.ts'
import { bytesOf, getMany, readChunks } from './reading/values.ts'
import { watchKeys } from './watching/watch-keys.ts'
import { changeMany } from './writing/change.ts'
import { putMany, removeMany } from './writing/many.ts'
import { move } from './writing/move.ts'
import { put, remove, removed } from './writing/put.ts'

/** The driver of a table of bytes. */
export function driverOf(plan: Plan): WritableDriver {
  const { db, dialect, statements } = plan
  const { bind } = dialect.blobs.key
  const listen = dialect.blobs.notices && db.listen
  let isThere = false
  // Reading makes the table as writing does, so that afterwards there always is one.
  const look = async () => {
    if (!isThere) await prepareTable(plan)
    isThere = true
    return true
  }
  const query = (text: string, key: string, signal: AbortSignal | undefined) =>
    db.query(text, [bind(key)], { signal })
  const value = (key: string, signal: AbortSignal | undefined): MaybePromise<unknown> =>
    db.column === undefined
      ? whenReady(query(statements.get, key, signal), ({ rows: [row] }) => row?.[0])
      : whenReady(db.column(statements.get, [bind(key)], { signal }), ([found]) => found)

  return prepared<string, Uint8Array>(
    {
      name: dialect.name,
      errorOf: dialect.errorOf,
      copies: dialect.copiesParameters && isTrusted(db),
      listsOnce: true,
      guarantees: {
        order: 'utf8-bytes',
        reverse: true,
        batchAtomic: true,
        conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
        maxValueBytes: dialect.blobs.longestValue,
        durability: db.durability ?? 'none',
        multiProcess: db.multiProcess ?? true,
      },
      get: (key, { signal }) =>
        whenReady(value(key, signal), found => (found === undefined ? undefined : bytesOf(found))),
      has: (key, { signal }) => whenReady(query(statements.has, key, signal), ({ rows }) => rows.length > 0),
      stat: (key, { signal }) =>
        whenReady(
          query(statements.stat, key, signal),
          ({ rows: [row] }) => row && { size: Number(row[0]), etag: String(row[1]) },
        ),
      getWithStat: (key, { signal }) =>
        whenReady(query(statements.getWithStat, key, signal), ({ rows: [row] }) => {
          if (row === undefined) return undefined
          const value = bytesOf(row[0])
          return { value, stat: { size: value.byteLength, etag: String(row[1]) } }
        }),
      size: ({ signal }) =>
        whenReady(db.query(statements.count, [], { signal }), ({ rows: [row] }) => Number(row?.[0])),
      getMany: (keys, options) => getMany(plan, keys, options),
      children: options => children(plan, options),
      keyPages: options => keyPages(plan, options),
      entryPages: options => entryPages(plan, options),
      readStream: (key, range, options) => readChunks(plan, key, range, options),
      set: (key, value, options) => put(plan, key, value, options),
      setMany: (entries, options) => putMany(plan, entries, options),
      batch: (changes, options) => changeMany(plan, changes, options),
      delete: (key, options) => remove(plan, key, options),
      remove: (key, options) => removed(plan, key, options),
      deleteMany: (keys, options) => removeMany(plan, keys, options),
      rename: (from, to, options) => move(plan, from, to, options),
      ...(listen && { watch: (options: DriverWatchOptions<string>) => watchKeys(plan, listen, options) }),
    },
    {
      locate: key => key,
      preparation: preparation({ look, make: async () => void (await look()) }),
    },
  )
}
