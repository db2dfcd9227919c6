import { createStore, givenOptions, option, type Reader, type Store } from '@kvdol/core'
import { documents } from './documents/documents.ts'
import { failWithout } from './fail.ts'
import { secretsOfClient } from './secrets.ts'
import type { MongoCollection, MongoDatabase, MongoServer } from './shapes.ts'
import { timedDatabase } from './timed.ts'

export interface DatabaseOptions<S> {
  /**
   * Makes the store of a collection.
   * @default documents
   */
  readonly open?: ((collection: MongoCollection) => S) | undefined
  /**
   * Longest time of one operation, in milliseconds.
   * @default 30_000
   */
  readonly timeout?: number | undefined
}

type Documents = Store<unknown, unknown>

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
  const { timeout } = settingsOf('server', options)
  const fail = failWithout(secretsOfClient(client))
  if (typeof client?.db !== 'function') throw new TypeError('server takes a client of the driver')

  async function names(): Promise<string[]> {
    const reply = await timedDatabase(client.db('admin'), timeout)
      .command({ listDatabases: 1, nameOnly: true }, {})
      .catch(fail.reading)
    return (reply.databases as { name: string }[]).map(({ name }) => name)
  }

  return createStore<string, Reader<string, S>>({
    name: 'mongo',
    valueType: 'any',
    get: async name => ((await names()).includes(name) ? database(client.db(name), options) : undefined),
    has: async name => (await names()).includes(name),
    async *keys() {
      yield* await names()
    },
  })
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
  const { timeout, open } = settingsOf('database', options)
  const fail = failWithout(secretsOfClient(db?.client))
  if (typeof db?.listCollections !== 'function')
    throw new TypeError('database takes a database of the driver')

  async function names(filter: { name?: string }): Promise<string[]> {
    // No collection has such a name, and some servers refuse to look for it.
    if (filter.name?.includes('\0')) return []
    const found = await timedDatabase(db, timeout)
      .listCollections(filter, { nameOnly: true })
      .toArray()
      .catch(fail.reading)
    return found.map(({ name }) => name as string).filter(name => !name.startsWith('system.'))
  }

  return createStore<string, S>({
    name: 'mongo',
    valueType: 'any',
    get: async name => ((await names({ name })).length > 0 ? open(db.collection(name)) : undefined),
    has: async name => (await names({ name })).length > 0,
    async *keys() {
      yield* await names({})
    },
  })
}

function settingsOf<S>(adapter: string, options: DatabaseOptions<S>) {
  const { open, timeout = 30_000 } = givenOptions<DatabaseOptions<S>>(adapter, options, {
    open: option.callback,
    timeout: option.milliseconds,
  })
  const openDocuments = (collection: MongoCollection) => documents(collection) as Documents as S
  return { timeout, open: open ?? openDocuments }
}
