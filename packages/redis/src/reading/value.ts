import type { Found, Range, Stat } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import type { Context } from '../context.ts'
import { isOtherType } from '../errors.ts'
import { GET_RANGE, GET_WITH_STAT, STAT } from '../scripts.ts'

/** The value of a key; `undefined` where there is none, or something else than a string. */
export async function readValue(
  { server }: Context,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  try {
    return (await server.ask<Buffer | null>(name, ['GET', name], signal)) ?? undefined
  } catch (error) {
    if (isOtherType(error)) return undefined
    throw error
  }
}

export async function hasValue(
  { server }: Context,
  name: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return (await server.ask<string>(name, ['TYPE', name], signal)) === 'string'
}

type Told = readonly [size: number, etag: Buffer, ends: number]

export async function readStat(
  { server }: Context,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Stat | undefined> {
  const told = await server.ask<Told | null>(name, ['EVAL_RO', STAT, '1', name], signal)
  return told === null ? undefined : statOf(told)
}

export async function readWithStat(
  { server }: Context,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Found<Uint8Array> | undefined> {
  const command = ['EVAL_RO', GET_WITH_STAT, '1', name]
  const found = await server.ask<readonly [...Told, value: Buffer] | null>(name, command, signal)
  return found === null ? undefined : { value: found[3], stat: statOf(found) }
}

function statOf([size, etag, ends]: readonly [...Told, ...unknown[]]): Stat {
  const stat = { size, etag: etag.toString() }
  return ends < 0 ? stat : { ...stat, expiresAt: ends }
}

/** The bytes of a value, or of a range of it: only those are sent. */
export async function readRange(
  context: Context,
  name: string,
  range: Range | undefined,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  if (range === undefined) {
    const value = await readValue(context, name, signal)
    return value && oneChunk(value)
  }
  const command = ['EVAL_RO', GET_RANGE, '1', name, ...bounds(range).map(String)]
  const found = await context.server.ask<readonly [number, Buffer] | null>(name, command, signal)
  if (found === null) return undefined
  const [size, bytes] = found
  // Refuses a range that begins behind the end.
  resolveRange(range, size)
  return oneChunk(bytes)
}

/** First and last byte of a range, as Redis counts; a last byte before the first means none. */
function bounds(range: Range): readonly [first: number, last: number] {
  if ('suffix' in range) return range.suffix === 0 ? NOTHING : [-range.suffix, -1]
  const { start = 0, end } = range
  if (end === undefined) return [start, -1]
  return end === start ? NOTHING : [start, end - 1]
}

const NOTHING = [1, 0] as const

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
