/** A command: its name and its arguments. */
export type Command = readonly (string | Buffer)[]

/** What is needed of a client: `createClient` and `createClientPool` of `redis` make such. */
export interface RedisClient {
  readonly isOpen: boolean
  sendCommand(command: Command, options?: object): Promise<unknown>
}

/** What is needed of a client of a cluster: `createCluster` of `redis` makes one. */
export interface RedisCluster {
  readonly isOpen: boolean
  readonly masters: readonly unknown[]
  // biome-ignore lint/suspicious/noExplicitAny: a constraint, for the nodes of every version
  nodeClient(master: any): RedisClient | Promise<RedisClient>
  sendCommand(
    key: string | undefined,
    isReadonly: boolean | undefined,
    command: Command,
    options?: object,
  ): Promise<unknown>
}

/** What `watch` needs of a client besides: a connection of its own. */
export interface RedisSubscriber extends RedisClient {
  connect(): Promise<unknown>
  destroy(): void
  on(event: string, listener: (error: unknown) => void): unknown
  pSubscribe(
    pattern: string,
    listener: (event: Buffer, channel: Buffer) => void,
    bufferMode: true,
  ): Promise<unknown>
}

/** Whether something is a connection to one server, or several of them. */
export function isClient(value: unknown): value is RedisClient {
  const { isOpen, sendCommand } = Object(value) as Partial<RedisClient>
  return typeof isOpen === 'boolean' && typeof sendCommand === 'function' && !isSentinel(value)
}

/** Whether something is a client of a cluster. */
export function isCluster(value: unknown): value is RedisCluster {
  const { masters, nodeClient } = Object(value) as Partial<RedisCluster>
  return Array.isArray(masters) && typeof nodeClient === 'function'
}

/** The client of a sentinel takes commands in another form. */
function isSentinel(value: unknown): boolean {
  return 'getSentinelNode' in Object(value)
}
