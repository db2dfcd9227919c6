import type { Failures } from '@kvdol/core'
import type { Context } from '../context.ts'
import { DELETE, SET_MANY } from '../scripts.ts'
import { asBuffer, removeValue, writeValue } from './value.ts'

/** Most keys of one script: the server does nothing else meanwhile, some hundred microseconds. */
const MOST = 500

type Entry = readonly [name: string, value: Uint8Array]

/** Stores many values: by few commands where they are on one node. Gives the failures by name. */
export async function writeMany(
  context: Context,
  entries: readonly Entry[],
  signal: AbortSignal | undefined,
): Promise<Failures<string>> {
  const { server } = context
  const failures = new Map<string, unknown>()
  if (!server.together) {
    const write = ([name, value]: Entry) => writeValue(context, name, value, { signal })
    await Promise.all(entries.map(entry => write(entry).catch(error => failures.set(entry[0], error))))
    return failures
  }
  await Promise.all(
    chunksOf(entries).map(async chunk => {
      const names = chunk.map(([name]) => name)
      const values = chunk.map(([, value]) => asBuffer(value))
      const command = ['EVAL', SET_MANY, String(chunk.length), ...names, ...values]
      try {
        const told = await server.ask<readonly (number | Buffer)[]>(names[0] as string, command, signal)
        for (let index = 0; index < told.length; index += 2)
          failures.set(names[Number(told[index]) - 1] as string, new Error(String(told[index + 1])))
      } catch (error) {
        for (const name of names) failures.set(name, error)
      }
    }),
  )
  return failures
}

/** Removes many values: by few commands where they are on one node. Gives the failures by name. */
export async function removeMany(
  context: Context,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Failures<string>> {
  const { server } = context
  const failures = new Map<string, unknown>()
  const removed = server.together
    ? chunksOf(names).map(chunk => ({
        chunk,
        done: server.ask(chunk[0] as string, ['EVAL', DELETE, String(chunk.length), ...chunk], signal),
      }))
    : names.map(name => ({ chunk: [name], done: removeValue(context, name, { signal }) }))
  await Promise.all(
    removed.map(({ chunk, done }) =>
      done.catch(error => {
        for (const name of chunk) failures.set(name, error)
      }),
    ),
  )
  return failures
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = []
  for (let start = 0; start < items.length; start += MOST) chunks.push(items.slice(start, start + MOST))
  return chunks
}
