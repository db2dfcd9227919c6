import { createStore, once, type Store, StoreError, whenReady } from '@kvdol/core'
import type { Dialect } from '../dialects/dialect.ts'
import { dialectOf } from '../dialects/dialect-of.ts'
import type { Executor } from '../executor.ts'
import { tableOf } from '../table-name.ts'
import { isTrusted, translated } from '../translated.ts'
import { copiedEntries, getMany, putMany, removeMany } from './batch.ts'
import type { Context } from './context.ts'
import { entryPages, keyPages } from './list.ts'
import { type BlobsOptions, settingsOf } from './options.ts'
import { prepareTable } from './prepare.ts'
import { readChunks } from './read-chunks.ts'
import { statementsOf } from './statements.ts'
import { tagMaker } from './tags.ts'
import { move, put, remove } from './write.ts'

/**
 * A table as a store of bytes: any legal key, in a column of bytes, so that the database folds, pads and collates
 * nothing. The first call makes the table where there is none.
 *
 * Calls reject `Incompatible` for a table with other columns. Throws `TypeError` for bad options and for names that
 * the database would change. Closing the store leaves the database open.
 *
 * @example
 * ```ts
 * const db = sqlite('app.db')
 * const users = pipe(blobs(db, { table: 'users' }), jsonValues<User>())
 * await users.set('ann', { age: 41 })
 * ```
 */
export function blobs(db: Executor, options: BlobsOptions = {}): Store<string, Uint8Array> {
  const dialect = dialectOf('blobs', db)
  const { table: name, schema, ...settings } = settingsOf(options)
  const table = tableOf('blobs', dialect, name, schema)
  const statements = statementsOf(dialect, table)
  const executor = translated(db)
  let longest = dialect.longestValue
  const prepare = async () => {
    longest = await prepareTable({ db: executor, dialect, table, statements, create: settings.create })
  }
  const context: Context = {
    ...settings,
    db: executor,
    dialect,
    statements,
    tag: tagMaker(),
    value: plainBytes,
    assertFits({ byteLength }) {
      if (byteLength > longest)
        throw new StoreError('TooLarge', `a value has at most ${longest} bytes here, not ${byteLength}`)
    },
    prepared: once(prepare),
  }
  return storeOf(context, db, dialect)
}

function storeOf(context: Context, { durability = 'none', multiProcess = true }: Executor, dialect: Dialect) {
  const { db, statements, prepared } = context
  const bind = dialect.key.bind
  // A statement of SQLite has run when it returns; where it has to wait, it takes copies.
  const copies = dialect.name === 'sqlite' && isTrusted(db)
  const query = (text: string, key: string, signal: AbortSignal | undefined) =>
    db.query(text, [bind(key)], { signal })

  return createStore({
    name: dialect.name,
    guarantees: {
      order: 'utf8-bytes',
      batchAtomic: true,
      conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
      maxValueBytes: dialect.longestValue,
      durability,
      multiProcess,
    },
    get: (key, { signal }) =>
      whenReady(prepared(), () =>
        whenReady(query(statements.get, key, signal), ({ rows: [row] }) => row && plainBytes(row[0])),
      ),
    has: (key, { signal }) =>
      whenReady(prepared(), () =>
        whenReady(query(statements.has, key, signal), ({ rows }) => rows.length > 0),
      ),
    stat: (key, { signal }) =>
      whenReady(prepared(), () =>
        whenReady(
          query(statements.stat, key, signal),
          ({ rows: [row] }) => row && { size: Number(row[0]), etag: String(row[1]) },
        ),
      ),
    size: ({ signal }) =>
      whenReady(prepared(), () =>
        whenReady(db.query(statements.count, [], { signal }), ({ rows: [row] }) => Number(row?.[0])),
      ),
    getMany: (keys, options) => whenReady(prepared(), () => getMany(context, keys, options)),
    async *keys(options) {
      for await (const page of keyPages(context, options)) yield* page
    },
    keyPages: options => keyPages(context, options),
    entryPages: options => entryPages(context, options),
    readStream: (key, range, options) => readChunks(context, key, range, options),
    copies,
    set(key, value, options) {
      const pending = prepared()
      if (pending === undefined) return put(context, key, value, options)
      const own = copies ? Uint8Array.from(value) : value
      return pending.then(() => put(context, key, own, options))
    },
    setMany(entries, options) {
      const pending = prepared()
      if (pending === undefined) return putMany(context, entries, options)
      const own = copies ? copiedEntries(entries) : entries
      return pending.then(() => putMany(context, own, options))
    },
    delete: (key, options) => whenReady(prepared(), () => remove(context, key, options)),
    deleteMany: (keys, options) => whenReady(prepared(), () => removeMany(context, keys, options)),
    rename: (from, to, options) => whenReady(prepared(), () => move(context, from, to, options)),
  })
}

/** Without the methods of `Buffer`, whose `slice` shares memory. */
function plainBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new StoreError('Corrupt', 'the value in the table is no bytes')
  return value instanceof Buffer ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : value
}
