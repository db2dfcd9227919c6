import { call, opened, type Resource } from '@kvdol/core/adapter'
import { Unreachable } from '../errors.ts'
import type { RedisSubscriber } from '../shapes.ts'
import type { Address } from './address.ts'

/** Longest time to connect, in milliseconds, where calls do not end sooner. */
const CONNECT_WITHIN = 5000

/** How long after a lost connection a watcher tries again, in milliseconds. */
const WATCH_AGAIN = 500

/**
 * A client of the store's own: the first call loads the package and connects. A client whose connection is lost is given
 * up, and the next call connects anew, so that no command waits in a queue for a server which is not there.
 */
export function ownClient(address: Address, timeout: number): Resource<RedisSubscriber> {
  const within = Math.min(timeout, CONNECT_WITHIN)
  const resource = opened(
    () => connected(address, { within, reconnectStrategy: false, lost: client => resource.lost(client) }),
    client => client.destroy(),
  )
  return resource
}

/** A connection for a watcher, which connects again by itself. */
export function ownSubscriber(address: Address): Promise<RedisSubscriber> {
  return connected(address, { within: CONNECT_WITHIN, reconnectStrategy: WATCH_AGAIN, lost: () => {} })
}

interface Connecting {
  readonly within: number
  readonly reconnectStrategy: number | false
  readonly lost: (client: RedisSubscriber) => void
}

async function connected(
  { url, database, host }: Address,
  { within, reconnectStrategy, lost }: Connecting,
): Promise<RedisSubscriber> {
  // Bundlers give what is written with `require` as the default only.
  const { createClient } = (await import('redis')).default
  let isConnected = false
  const client = createClient({
    url,
    ...(database === undefined ? {} : { database }),
    socket: { reconnectStrategy: () => isConnected && reconnectStrategy },
  }) as RedisSubscriber
  client.on('error', () => lost(client))
  try {
    // The client's own limit ends with the connection; the server may not answer its first commands either.
    await call(() => client.connect(), { timeout: within, abandon: () => client.destroy() })
    isConnected = true
    return client
  } catch (error) {
    throw new Unreachable(host, error)
  }
}
