// A store on Redis as somebody writes it who has read "Write an adapter" and nothing else: the shortest that is right.
import { createHash } from 'node:crypto'
import { type ByteStore, createStore, StoreError } from '@kvdol/core'
import {
  call,
  errorTable,
  milliseconds,
  networkErrors,
  type OptionsOf,
  opened,
  option,
  secret,
  settingsOf,
} from '@kvdol/core/adapter'
import { createClient, RESP_TYPES } from 'redis'

const OPTIONS = {
  /** Where the server is. It may hold a password, so no message shows it. */
  url: secret,
  /** What the keys begin with; other keys are not seen and not touched. */
  prefix: option<string>('a string', value => typeof value === 'string').or(''),
  /** Longest wait for an answer, in milliseconds. */
  timeout: milliseconds.or(30_000),
}
export type FirstOptions = OptionsOf<typeof OPTIONS>

/** What errors mean: those of the server by the first word of their message, those of the client by their names. */
const errorOf = errorTable({
  meanings: {
    ...networkErrors,
    WRONGTYPE: ['Incompatible', 'there is a value of another type at the key'],
    NOAUTH: 'Unauthenticated',
    WRONGPASS: 'Unauthenticated',
    NOPERM: 'PermissionDenied',
    OOM: ['OutOfSpace', 'the server has no memory left'],
    LOADING: ['Unavailable', 'the server is loading its data', { applied: 'no' }],
    SocketClosedUnexpectedlyError: 'Unavailable',
    ClientOfflineError: ['Unavailable', undefined, { applied: 'no' }],
  },
  names(error) {
    const { code, message = '' } = Object(error) as Partial<Error & { code: string }>
    return [code, /^[A-Z]+(?= )/.exec(message)?.[0], Object(error).constructor.name]
  },
  says: code => (code === 'Unavailable' ? 'the server cannot be reached' : 'the server refused'),
})

/** Conditions are decided on the server, in one step; a value of another type makes GET fail. Gives 2 where one was there. */
const WRITE = `local old = redis.call('GET', KEYS[1])
if ARGV[1] == 'absent' and old then return 0 end
if ARGV[1] == 'match' and (not old or redis.sha1hex(old) ~= ARGV[2]) then return 0 end
if ARGV[3] == 'set' then redis.call('SET', KEYS[1], ARGV[4]) else redis.call('DEL', KEYS[1]) end
return old and 2 or 1`

interface Condition {
  readonly ifAbsent?: boolean | undefined
  readonly ifMatch?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Values on a Redis server. Throws `TypeError` for bad options; nothing is sent before the first call. */
export function firstAdapter(options: FirstOptions): ByteStore {
  const { url, prefix, timeout } = settingsOf('firstAdapter', OPTIONS, options)
  if (url === undefined) throw new TypeError('firstAdapter: url is an address, redis://host:port')
  const client = opened<Client>(
    () => connected(url, own => client.lost(own)),
    own => own.close(),
  )
  const ask = <T>(signal: AbortSignal | undefined, work: (client: Client) => Promise<T>): Promise<T> =>
    call(async () => await work(await client.get()), { timeout, signal })
  const name = (key: string) => prefix + key
  const read = (key: string, signal?: AbortSignal) => ask(signal, client => client.get(name(key)))

  async function write(key: string, { ifAbsent, ifMatch, signal }: Condition, value?: Uint8Array) {
    const condition = ifAbsent ? 'absent' : ifMatch === undefined ? 'none' : 'match'
    const given = [condition, ifMatch ?? '', value ? 'set' : 'delete', Buffer.from(value ?? [])]
    const answer = await ask(signal, client =>
      client.eval(WRITE, { keys: [name(key)], arguments: given as string[] }),
    )
    if (answer === 0) throw new StoreError('Conflict', 'the value is another by now, or there is one already')
    return answer === 2
  }

  return createStore({
    name: 'first',
    errorOf,
    secrets: () => [url],
    sharedRoot: prefix === '',
    guarantees: { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'], multiProcess: true },
    async get(key, { signal }) {
      const value = await read(key, signal)
      return value === null ? undefined : new Uint8Array(value)
    },
    async stat(key, { signal }) {
      const value = await read(key, signal)
      if (value === null) return undefined
      return { size: value.byteLength, etag: createHash('sha1').update(value).digest('hex') }
    },
    async *keyPages({ prefix: within = '', signal }) {
      const MATCH = `${name(within).replace(/[\\*?[\]^]/g, '\\$&')}*`
      let cursor = '0'
      do {
        const page = await ask(signal, client => client.scan(cursor, { MATCH, COUNT: 500 }))
        yield page.keys.map(key => String(key).slice(prefix.length))
        cursor = String(page.cursor)
      } while (cursor !== '0')
    },
    set: async (key, value, options) => void (await write(key, options, value)),
    delete: async (key, options) => void (await write(key, options)),
    remove: (key, options) => write(key, options),
    close: () => client.close(),
  })
}

type Client = Awaited<ReturnType<typeof connected>>

/** A client that speaks bytes. It does not connect again by itself: the next call does, and can be told that it fails. */
async function connected(url: string, lost: (client: never) => void) {
  const plain = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: false } })
  const client = plain.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  plain.on('error', () => lost(client as never))
  await plain.connect()
  return client
}
