import type { Reader, ReadOptions, Store } from '@kvdol/core'
import { callback, createStore, given, settingsOf } from '@kvdol/core/adapter'
import { callsOf } from './calls.ts'
import { documents } from './documents/documents.ts'
import { errorOf } from './errors.ts'
import { secretsOfClient } from './opening/secrets.ts'
import { COMMON } from './options.ts'
import type { MongoCollection, MongoDatabase, MongoServer } from './shapes.ts'

const OPTIONS = { timeout: COMMON.timeout, open: callback<(collection: MongoCollection) => unknown>() }

/** Options of {@link server} and {@link database}. */
export interface DatabaseOptions<S> {
  /**
   * Makes the store of a collection.
   * @default documents
   */
  open?: ((collection: MongoCollection) => S) | undefined
  /**
   * Longest time of one operation, in milliseconds.
   * @default 30_000
   */
  timeout?: number | undefined
}

type Documents = Store<unknown, unknown>

/** The names of databases or collections, of all or of those that a filter of the server meets. */
type Names = (signal: AbortSignal | undefined, filter?: { name: string }) => Promise<string[]>

/**
 * The databases of a server, by name: each a reader of collections, see {@link database}. The client is left open.
 *
 * @example
 * ```ts
 * const people = await (await server(client).getOrThrow('app')).getOrThrow('people')
 * ```
 */
export function server<S = Documents>(
  client: MongoServer,
  options: DatabaseOptions<S> = {},
): Reader<string, Reader<string, S>> {
  const { timeout } = settingsOf('server', OPTIONS, options)
  if (typeof client?.db !== 'function') throw new TypeError('server takes a client of the driver')
  const list = { listDatabases: 1, nameOnly: true }
  const names: Names = async signal => {
    const calls = callsOf(given(client), timeout, signal)
    const { databases } = await calls.ask({}, (each, how) => each.db('admin').command(list, how))
    return (databases as { name: string }[]).map(({ name }) => name)
  }
  return readerOf(client, names, name => database(client.db(name), options))
}

/**
 * The collections of a database, by name: each a store, of documents unless `open` makes another. The client is left
 * open. The collections of the server itself are not shown.
 *
 * @example
 * ```ts
 * for await (const [name, store] of database(client.db('app'))) console.log(name, await store.size())
 * ```
 */
export function database<S = Documents>(
  db: MongoDatabase,
  options: DatabaseOptions<S> = {},
): Reader<string, S> {
  const { timeout, open = documents } = settingsOf('database', OPTIONS, options)
  if (typeof db?.listCollections !== 'function')
    throw new TypeError('database takes a database of the driver')
  const names: Names = async (signal, filter: { name?: string } = {}) => {
    // No collection has such a name, and some servers refuse to look for it.
    if (filter.name?.includes('\0')) return []
    const found = await callsOf(given(db), timeout, signal)
      .query({ nameOnly: true }, (each, how) => each.listCollections(filter, how))
      .all()
    return found.map(({ name }) => name as string).filter(name => !name.startsWith('system.'))
  }
  return readerOf(db.client, names, name => open(db.collection(name)) as S)
}

function readerOf<V>(client: unknown, names: Names, open: (name: string) => V): Reader<string, V> {
  const has = async (name: string, { signal }: ReadOptions) => (await names(signal, { name })).includes(name)
  return createStore<string, unknown>({
    name: 'mongo',
    errorOf,
    secrets: () => secretsOfClient(client),
    valueType: 'any',
    get: async (name, options) => ((await has(name, options)) ? open(name) : undefined),
    has,
    async *keyPages({ signal }) {
      yield await names(signal)
    },
  }) as Reader<string, V>
}
