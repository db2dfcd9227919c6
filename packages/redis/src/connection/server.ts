import { call, given, isStoreError, type Resource, StoreError, whenReady } from '@kvdol/core/adapter'
import type { Settings } from '../options.ts'
import {
  type Command,
  isCluster,
  type RedisClient,
  type RedisCluster,
  type RedisSubscriber,
} from '../shapes.ts'
import { ownClient, ownSubscriber } from './own-client.ts'
import { inOneSlot } from './slots.ts'

/** Commands to a server or a cluster, each with a deadline. Strings in answers come as `Buffer`s. */
export interface Server {
  /** Whether one command may be about several keys of the store: all of them are on one node. */
  readonly together: boolean
  /** Sends a command about a key, or about several that are on its node. */
  ask<T>(key: string, command: Command, signal?: AbortSignal): Promise<T>
  /** The nodes that hold the keys. */
  nodes(signal?: AbortSignal): Promise<readonly Node[]>
  /** A new connection for a watcher, who ends it. Rejects `Unsupported` for a cluster, which tells of changes at each node. */
  subscriber(signal?: AbortSignal): Promise<RedisSubscriber>
  close(): Promise<void>
}

/** Sends a command to one node. */
export type Node = <T>(command: Command, signal?: AbortSignal) => Promise<T>

/** `$`: the type of strings in the protocol. */
const BLOB_STRING = 36

/** The client's own limit for commands that wait to be sent is not needed beside the deadline. */
const ANSWER = { typeMapping: { [BLOB_STRING]: Buffer }, timeout: undefined }

export function serverOf({ from, prefix, timeout }: Pick<Settings, 'from' | 'prefix' | 'timeout'>): Server {
  if ('address' in from) {
    const source = ownClient(from.address, timeout)
    return { ...single(source, timeout), subscriber: () => ownSubscriber(from.address) }
  }
  if (isCluster(from.client)) return clustered(given(from.client), inOneSlot(prefix), timeout)
  const { client } = from
  return { ...single(given(client), timeout), subscriber: signal => duplicateOf(client, timeout, signal) }
}

function single(source: Resource<RedisClient>, timeout: number): Omit<Server, 'subscriber'> {
  const send = <T>(command: Command, signal?: AbortSignal) =>
    within(source, client => client.sendCommand(command, ANSWER) as Promise<T>, timeout, signal)
  return {
    together: true,
    ask: (_, command, signal) => send(command, signal),
    nodes: async () => [send],
    close: () => source.close(),
  }
}

function clustered(source: Resource<RedisCluster>, together: boolean, timeout: number): Server {
  return {
    together,
    ask: <T>(key: string, command: Command, signal?: AbortSignal) => {
      // Not from a replica, which may be behind.
      const send = (cluster: RedisCluster) => cluster.sendCommand(key, false, command, ANSWER) as Promise<T>
      return within(source, send, timeout, signal)
    },
    async nodes(signal) {
      const { masters } = await source.get()
      return await Promise.all(masters.map(each => nodeOf(each, signal)))
    },
    async subscriber() {
      throw new StoreError(
        'Unsupported',
        'a cluster tells of changes only at each node; watch needs a single server',
      )
    },
    close: () => source.close(),
  }

  async function nodeOf(master: unknown, signal: AbortSignal | undefined): Promise<Node> {
    const client = await within(source, async cluster => await cluster.nodeClient(master), timeout, signal)
    return single(given(client), timeout).ask.bind(undefined, '') as Node
  }
}

/** Does something with a client before the deadline. A client that has not answered in time is of no use any more. */
async function within<C, T>(
  source: Resource<C>,
  work: (client: C) => Promise<T>,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  let used: C | undefined
  const begin = () =>
    whenReady(source.get(), client => {
      used = client
      return work(client)
    })
  try {
    return await call(begin, { timeout, signal })
  } catch (error) {
    if (used !== undefined && isStoreError(error, 'Timeout')) source.lost(used)
    throw error
  }
}

async function duplicateOf(
  client: RedisClient,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<RedisSubscriber> {
  const { duplicate } = client as { duplicate?: () => Partial<RedisSubscriber> }
  const copy = duplicate?.call(client)
  if (typeof copy?.pSubscribe !== 'function')
    throw new StoreError(
      'Unsupported',
      'watch needs a client that can subscribe, as createClient of redis makes it',
    )
  const subscriber = copy as RedisSubscriber
  // Without a listener an error of a connection ends the process.
  subscriber.on('error', () => {})
  // As the client is set up, it may try again for ever.
  await call(() => subscriber.connect(), { timeout, signal, abandon: () => subscriber.destroy() })
  return subscriber
}
