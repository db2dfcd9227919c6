import { isUtf8 } from 'node:buffer'
import type { DriverWatchOptions } from '@kvdol/core'
import { watchers } from '@kvdol/core/adapter'
import type { Node } from '../connection/server.ts'
import type { Context } from '../context.ts'
import { startingWith } from '../listing/pattern.ts'
import { assertTells, databaseOf } from './notifications.ts'

/**
 * The keys that change, as the server's keyspace notifications tell them, and `undefined` after a connection was lost.
 * Rejects `Unsupported` where the server has them switched off.
 */
export async function* watchKeys(
  { server, prefix }: Context,
  options: DriverWatchOptions<string>,
): AsyncGenerator<readonly (string | undefined)[], void, undefined> {
  const { prefix: within = '', signal } = options
  const subscriber = await server.subscriber(signal)
  try {
    const node: Node = (command, until) => server.ask('', command, until)
    await assertTells(node, signal)
    const channel = `__keyspace@${await databaseOf(node, signal)}__:`
    const { tell, miss, watch } = watchers<string>()
    const changes = watch(options)
    const told = (_: Buffer, name: Buffer) => {
      if (isUtf8(name)) tell(name.toString().slice(channel.length + prefix.length))
    }
    await subscriber.pSubscribe(startingWith(channel + prefix + within), told, true)
    // It connects again by itself, and what happened meanwhile is not known.
    subscriber.on('ready', miss)
    yield* changes
  } finally {
    subscriber.destroy()
  }
}
