import { isUtf8 } from 'node:buffer'
import type { DriverListOptions } from '@kvdol/core'
import type { Node } from '../connection/server.ts'
import type { Context } from '../context.ts'
import { startingWith } from './pattern.ts'

/** How many keys the server looks at for one page. */
const COUNT = '1000'

/**
 * The keys of the values, a page for each step of a SCAN, node by node. A key that stays is in one page at least: the store leaves
 * out what comes again.
 */
export async function* listKeys(
  { server, prefix, onForeign }: Context,
  { prefix: within = '', signal }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const scan = ['MATCH', startingWith(prefix + within), 'COUNT', COUNT]
  // The server leaves out other types unless somebody wants to know of them.
  const command = onForeign === undefined ? [...scan, 'TYPE', 'string'] : scan
  for (const node of await server.nodes(signal)) {
    let cursor = '0'
    do {
      const [next, found] = await node<readonly [Buffer, Buffer[]]>(['SCAN', cursor, ...command], signal)
      cursor = next.toString()
      const names = onForeign === undefined ? found : await valuesOf(node, found, foreign, signal)
      const keys = names.flatMap(name => (isUtf8(name) ? [keyOf(name)] : foreign(name, 'string')))
      if (keys.length > 0) yield keys
    } while (cursor !== '0')
  }

  function keyOf(name: Buffer): string {
    return name.toString().slice(prefix.length)
  }

  function foreign(name: Buffer, type: string): [] {
    onForeign?.({ key: keyOf(name), type })
    return []
  }
}

/** The names under which strings are; the others are told. */
async function valuesOf(
  node: Node,
  names: readonly Buffer[],
  foreign: (name: Buffer, type: string) => void,
  signal: AbortSignal | undefined,
): Promise<Buffer[]> {
  const types = await Promise.all(names.map(name => node<string>(['TYPE', name], signal)))
  return names.filter((name, index) => {
    const type = types[index] as string
    // One that was removed meanwhile is neither.
    if (type !== 'string' && type !== 'none') foreign(name, type)
    return type === 'string'
  })
}
