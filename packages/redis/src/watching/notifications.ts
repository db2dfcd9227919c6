import { StoreError } from '@kvdol/core/adapter'
import type { Node } from '../connection/server.ts'

/** Events of keys (K) about what writes, ends and evicts strings: `A` is all of them. */
const NEEDED = ['K', 'g', '$', 'x', 'e']

/** Refuses with `Unsupported` a server that does not tell of changes, or does not say whether it does. */
export async function assertTells(node: Node, signal: AbortSignal | undefined): Promise<void> {
  const flags = await flagsOf(node, signal)
  const told = flags.replace('A', 'g$xe')
  if (NEEDED.every(flag => told.includes(flag))) return
  throw new StoreError(
    'Unsupported',
    `the server has notify-keyspace-events '${flags}'; switch them on: CONFIG SET notify-keyspace-events KA`,
  )
}

async function flagsOf(node: Node, signal: AbortSignal | undefined): Promise<string> {
  try {
    // A list in the older form of the protocol, an object in the newer.
    const told = await node<object>(['CONFIG', 'GET', 'notify-keyspace-events'], signal)
    return String(Object.values(told).at(-1) ?? '')
  } catch (error) {
    const detail = 'the server does not say whether it tells of changes (CONFIG GET notify-keyspace-events)'
    throw new StoreError('Unsupported', detail, { cause: error })
  }
}

/** The number of the database of a connection. */
export async function databaseOf(node: Node, signal: AbortSignal | undefined): Promise<string> {
  const told = String(await node(['CLIENT', 'INFO'], signal))
  return / db=(\d+)/.exec(told)?.[1] ?? '0'
}
