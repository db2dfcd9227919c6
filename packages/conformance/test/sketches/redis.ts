// A sketch of an adapter for Redis, to show what the floor leaves to write. The client is typed by its shape.
import { createHash } from 'node:crypto'
import { createStore, type Store, StoreError } from '@kvdol/core'
import {
  call,
  callEach,
  errorTable,
  given,
  milliseconds,
  networkErrors,
  type OptionsOf,
  opened,
  option,
  secret,
  settingsOf,
} from '@kvdol/core/adapter'

/** What the adapter needs of a client of `redis`, with answers as buffers. */
export interface RedisClient {
  get(key: string): Promise<Uint8Array | null>
  mGet(keys: string[]): Promise<(Uint8Array | null)[]>
  set(key: string, value: Uint8Array, options?: { NX: true }): Promise<string | null>
  del(keys: string[]): Promise<number>
  exists(key: string): Promise<number>
  strLen(key: string): Promise<number>
  scanIterator(options: { MATCH: string; COUNT: number }): AsyncIterable<string[]>
  eval(script: string, options: { keys: string[]; arguments: (string | Uint8Array)[] }): Promise<unknown>
  quit(): Promise<unknown>
}

const OPTIONS = {
  client: option<RedisClient>('a client of redis', value => typeof Object(value).mGet === 'function'),
  connect: option<() => Promise<RedisClient>>(
    'a function that connects',
    value => typeof value === 'function',
  ),
  /** What all keys of the store begin with. */
  prefix: option<string>('a text', value => typeof value === 'string').or(''),
  password: secret,
  /** Longest wait for an answer, in milliseconds. */
  timeout: milliseconds.or(30_000),
}
export type RedisOptions = OptionsOf<typeof OPTIONS>

/** The first word of an answer, or the code of the network. */
const errorOf = errorTable({
  meanings: {
    ...networkErrors,
    WRONGTYPE: ['Incompatible', 'there is a value of another type at the key'],
    OOM: ['OutOfSpace', 'the server has no memory left'],
    NOAUTH: 'Unauthenticated',
    WRONGPASS: 'Unauthenticated',
    NOPERM: 'PermissionDenied',
    READONLY: ['Unavailable', 'the server is a replica', { applied: 'no' }],
    LOADING: ['Unavailable', 'the server is loading its data', { applied: 'no' }],
    CLUSTERDOWN: ['Unavailable', undefined, { applied: 'no' }],
  },
  names: error => {
    const { code, name, message } = Object(error) as { code?: string; name?: string; message?: string }
    if (code !== undefined) return [code]
    return name === 'ErrorReply' ? [message?.split(' ')[0]] : []
  },
  says: code => (code === 'Unavailable' ? 'the server cannot be used now' : 'the server refused'),
})

/** Compares the digest of the value and writes in one step on the server. */
const REPLACE = `if redis.sha1hex(redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0
then return 0 end redis.call('SET', KEYS[1], ARGV[2]) return 1`
const REMOVE = `if redis.sha1hex(redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0
then return 0 end redis.call('DEL', KEYS[1]) return 1`

const etagOf = (value: Uint8Array) => createHash('sha1').update(value).digest('hex')
const literal = (prefix: string) => prefix.replace(/[\\*?[\]]/g, character => `\\${character}`)

export function redis(options: RedisOptions): Store<string, Uint8Array> {
  const { client: yours, connect, prefix, password, timeout } = settingsOf('redis', OPTIONS, options)
  if ((yours === undefined) === (connect === undefined))
    throw new TypeError('redis: give a client, or how to connect')
  const client =
    yours === undefined
      ? opened(connect as () => Promise<RedisClient>, async own => void (await own.quit()))
      : given(yours)
  const ask = async <T>(
    work: (server: RedisClient) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    const server = await client.get()
    return await call(() => work(server), { timeout, ...(signal && { signal }) })
  }
  const at = (key: string) => prefix + key

  return createStore({
    name: 'redis',
    errorOf,
    secrets: () => [password],
    sharedRoot: prefix === '',
    guarantees: { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'], multiProcess: true },
    get: async (key, { signal }) => (await ask(server => server.get(at(key)), signal)) ?? undefined,
    has: async (key, { signal }) => (await ask(server => server.exists(at(key)), signal)) > 0,
    async stat(key, { signal }) {
      const value = await ask(server => server.get(at(key)), signal)
      return value === null ? undefined : { size: value.byteLength, etag: etagOf(value) }
    },
    async getMany(keys, { signal }) {
      const values = await ask(server => server.mGet(keys.map(at)), signal)
      return values.map(value => value ?? undefined)
    },
    async *keyPages({ prefix: wanted = '', signal }) {
      const server = await client.get()
      const scan = server.scanIterator({ MATCH: `${literal(at(wanted))}*`, COUNT: 1000 })
      // A scan may give a key twice; the store leaves the second out.
      for await (const page of callEach(scan, { timeout, ...(signal && { signal }) }))
        yield page.map(key => key.slice(prefix.length))
    },
    async set(key, value, { ifAbsent, ifMatch, signal }) {
      const answer =
        ifMatch === undefined
          ? await ask(server => server.set(at(key), value, ifAbsent ? { NX: true } : undefined), signal)
          : await ask(
              server => server.eval(REPLACE, { keys: [at(key)], arguments: [ifMatch, value] }),
              signal,
            )
      if (answer === null) throw new StoreError('Conflict', 'there is a value already')
      if (answer === 0) throw changed()
    },
    async delete(key, { ifMatch, signal }) {
      if (ifMatch === undefined) return void (await ask(server => server.del([at(key)]), signal))
      const work = (server: RedisClient) => server.eval(REMOVE, { keys: [at(key)], arguments: [ifMatch] })
      if ((await ask(work, signal)) === 0) throw changed()
    },
    async deleteMany(keys, { signal }) {
      await ask(server => server.del(keys.map(at)), signal)
    },
    close: () => client.close(),
  })
}

function changed(): StoreError {
  return new StoreError('Conflict', 'the value has changed since')
}
