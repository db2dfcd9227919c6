import { Agent } from 'undici'
import type { InternetSettings } from '../options.ts'
import { connector } from './connect.ts'
import type { Send } from './request.ts'
import { sender } from './send.ts'

/** Most connections to one host at a time. */
const MOST_CONNECTIONS = 32

/** How requests are sent, and the connections that are kept for it. */
export interface Transport {
  readonly send: Send
  close(): Promise<void>
}

/** Over connections of its own, or over the dispatcher that was given, which stays open. */
export function openTransport(settings: InternetSettings): Transport {
  const { dispatcher, timeout } = settings
  if (dispatcher !== undefined) return { send: sender(dispatcher, undefined, timeout), close: async () => {} }
  const connect = connector(settings)
  const agent = new Agent({ connect: connect as never, connections: MOST_CONNECTIONS, pipelining: 1 })
  return { send: sender(agent, connect, timeout), close: () => agent.destroy() }
}
