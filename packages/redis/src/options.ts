import {
  callback,
  flag,
  milliseconds,
  type OptionsOf,
  option,
  type SettingsOf,
  secret,
  settingsOf,
  wholeNumber,
} from '@kvdol/core/adapter'
import { type Address, addressOf } from './connection/address.ts'
import { isClient, type RedisClient, type RedisCluster } from './shapes.ts'

/** A key in Redis that is no value of the store. */
export interface ForeignKey {
  /** Its name, without the prefix of the store; characters that could not be decoded are U+FFFD. */
  readonly key: string
  /** What it holds: `'list'`, `'hash'`, …; `'string'` where its name is no legal key. */
  readonly type: string
}

const OPTIONS = {
  /** `redis://user:password@host:port/database`, `rediss://…` for TLS, or `unix://…`; never printed. */
  url: secret,
  /** A connected client, pool or cluster of the package `redis`, which stays open; instead of `url`. */
  client: option<RedisClient | RedisCluster>(
    'a client of the package redis (createClient, createClientPool or createCluster)',
    isClient,
  ),
  /**
   * What the names of the keys in Redis begin with; other keys are not seen and not touched.
   * @default ''
   */
  prefix: option<string>(
    'a string without half of a surrogate pair',
    value => typeof value === 'string' && value.isWellFormed(),
  ).or(''),
  /**
   * The number of the database, for a `url` that names none.
   * @default 0
   */
  database: wholeNumber(0, 2 ** 31 - 1),
  /**
   * Longest wait for the answer to a command, in milliseconds. After it a connection of the store's own is given up.
   * @default 30_000
   */
  timeout: milliseconds.or(30_000),
  /** Told of what listing leaves out. Costs one command more for each key. */
  onForeign: callback<(key: ForeignKey) => void>(),
  /**
   * Whether `clear` may empty a whole database. With a `prefix` it always may.
   * @default false
   */
  allowClear: flag.or(false),
}

/** Options of {@link redis}: `url` or `client`, and what else is wanted. */
export type RedisOptions = OptionsOf<typeof OPTIONS>

/** {@link RedisOptions} with every choice made. */
export interface Settings extends Omit<SettingsOf<typeof OPTIONS>, 'url' | 'client' | 'database'> {
  readonly from: { readonly address: Address } | { readonly client: RedisClient | RedisCluster }
}

/** The settings of these options. Throws `TypeError` for options that do not exist, make no sense, or contradict. */
export function redisSettings(options: RedisOptions): Settings {
  const { url, client, database, ...decided } = settingsOf('redis', OPTIONS, options)
  if ((url === undefined) === (client === undefined))
    throw new TypeError('redis takes a url (redis://host:port) or a client, and not both')
  if (client === undefined) return { ...decided, from: { address: addressOf(url as string, database) } }
  if (database !== undefined)
    throw new TypeError('redis: database goes with url; a client has its own, select it there')
  if (keyPrefixOf(client))
    throw new TypeError('redis: the client has a keyPrefix; give prefix to redis() instead')
  return { ...decided, from: { client } }
}

/** Raw commands go past it, so keys would lie elsewhere than its owner thinks. */
function keyPrefixOf(client: RedisClient | RedisCluster): unknown {
  return (client as { readonly _keyPrefix?: unknown })._keyPrefix
}
