import type { Context } from '../context.ts'
import { readValue } from './value.ts'

/** The values of keys, in their order: by one command where they are on one node. */
export async function readMany(
  context: Context,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly (Uint8Array | undefined)[]> {
  const { server } = context
  const [first] = names
  if (first === undefined) return []
  if (!server.together) return await Promise.all(names.map(name => readValue(context, name, signal)))
  const values = await server.ask<readonly (Buffer | null)[]>(first, ['MGET', ...names], signal)
  return values.map(value => value ?? undefined)
}
