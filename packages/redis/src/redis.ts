import type { ByteStore, WritesWith } from '@kvdol/core'
import { createStore } from '@kvdol/core/adapter'
import { redisDriver } from './driver.ts'
import { type RedisOptions, redisSettings } from './options.ts'

/** What `set` takes besides. */
export interface RedisWriteOptions {
  /** When the server ends the value, in milliseconds since 1970. @default never */
  expiresAt?: number | undefined
}

/** The strings of a database, by key. */
export type RedisStore = ByteStore & WritesWith<string, Uint8Array, RedisWriteOptions>

/**
 * The strings in a database of Redis or Valkey as a store of bytes: each value is stored as it is, under the prefix and
 * the key, so that other programs read it too. Keys that hold lists, hashes and the like are not in the store, and are
 * never replaced.
 *
 * A client that is passed in is left open; for a `url` the store has a client of its own, which the first call loads and
 * connects, and `close` closes. `size()` lists everything. Throws `TypeError` for bad options; nothing is sent before
 * the first call.
 *
 * @example
 * ```ts
 * const notes = pipe(redis({ url: 'redis://localhost', prefix: 'notes:' }), textValues())
 * await notes.set('todo/monday', 'water the plants')
 * ```
 */
export function redis(options: RedisOptions): RedisStore {
  return createStore(redisDriver(redisSettings(options)))
}
