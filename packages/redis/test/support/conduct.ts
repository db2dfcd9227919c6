import { afterTest, openLink } from '@kvdol/test-support'
import { createClient } from 'redis'
import type { RedisClient, RedisCluster } from '../../src/index.ts'

/** How the server treats what the stores of one place send. */
export interface Conduct {
  /** Every command fails as on a connection that breaks. */
  down?: boolean
  /** How much longer each command takes. */
  milliseconds?: number
  /** Scripts that would write this name are given another, which holds a list, so that the server refuses that key alone. */
  refused?: { readonly name: string; readonly instead: string }
  /** Commands go over this connection. */
  through?: RedisClient
}

/** A client whose commands meet with the conduct; `asked` is told of each. */
export function conducted(
  server: RedisClient | RedisCluster,
  conduct: Conduct,
  asked: () => void,
): RedisClient {
  async function send(...given: unknown[]): Promise<unknown> {
    asked()
    const { down, milliseconds, refused, through } = conduct
    if (milliseconds !== undefined) await new Promise(resolve => setTimeout(resolve, milliseconds))
    if (down === true) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    const to = (through ?? server) as { sendCommand(...given: unknown[]): Promise<unknown> }
    return await to.sendCommand(...given.map(each => (refused === undefined ? each : renamed(each, refused))))
  }
  return new Proxy(server, {
    get(_, name) {
      if (name === 'sendCommand') return send
      const member: unknown = Reflect.get(server, name, server)
      if (typeof member !== 'function') return member
      // Nodes of a cluster and subscribers are clients of their own.
      return (...given: unknown[]) => {
        if (conduct.down === true) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
        return member.apply(server, given)
      }
    },
  }) as RedisClient
}

/** A script that may write, with another name instead of the one that is refused. */
function renamed(command: unknown, { name, instead }: NonNullable<Conduct['refused']>): unknown {
  if (!Array.isArray(command) || command[0] !== 'EVAL') return command
  return command.map(each => (each === name ? instead : each))
}

/** How much of the next answer passes, in bytes. */
const PASSED = 100

/** A connection to a server that is cut in the middle of the next answer. */
export async function cutOff(url: string): Promise<RedisClient> {
  const link = await openLink(Number(new URL(url).port))
  const client = createClient({
    url: `redis://127.0.0.1:${link.port}`,
    socket: { reconnectStrategy: false },
  })
  client.on('error', () => {})
  await client.connect()
  afterTest(() => {
    if (client.isOpen) client.destroy()
  })
  link.onReply = () => PASSED
  return client
}
