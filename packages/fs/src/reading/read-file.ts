import type { BigIntStats, Stats } from 'node:fs'
import type { Found, MaybePromise, Stat } from '@kvdol/core'
import { StoreError, whenReady } from '@kvdol/core/adapter'
import { etagOf, etagOfContent, etagOfOpened, isCoarse } from '../file/etag.ts'
import { READ } from '../file/flags.ts'
import type { BriefCalls, FsPort, SmallFile } from '../file/port.ts'
import { isLenient } from '../place/case-clash.ts'
import type { Context } from '../place/context.ts'
import { cutOff, isInPlace, lookAtValue, useValue } from './open-value.ts'

/** Beyond this a value is not read whole: Node's buffers end there. */
const MAX_VALUE = 2 ** 31 - 1

/** Up to so many bytes it costs less to clear new memory than to ask for memory that is not cleared. */
const CLEARED = 4096
/** One byte more tells in the same call whether the file has grown; all readers share it, and it is never looked at. */
const BEYOND = new Uint8Array(1)

/** The content of the file at a path, or `undefined` when there is none. At once for a small one on a quick medium. */
export function readFile(context: Context, relative: string): MaybePromise<Uint8Array | undefined> {
  const { port } = context
  const read = (descriptor: number, { size }: Stats) => readOpened(port, descriptor, size)
  return whenReady(readSmall(context, relative, false), small =>
    small === undefined ? useValue(context, relative, port.fstat, read) : small.bytes,
  )
}

/** The content of the file at a path, with size, time and etag of the same opened file. */
export function readWithStat(
  context: Context,
  relative: string,
): MaybePromise<Found<Uint8Array> | undefined> {
  const { port } = context
  const found = (value: Uint8Array, stats: BigIntStats) => {
    const etag = isCoarse(stats) ? etagOfContent(value) : etagOf(stats)
    return { value, stat: statOf(stats, etag) }
  }
  const read = async (descriptor: number, stats: BigIntStats) =>
    found(await readOpened(port, descriptor, Number(stats.size)), stats)
  return whenReady(readSmall(context, relative, true), small =>
    small === undefined
      ? useValue(context, relative, port.fstatExact, read)
      : found(small.bytes, small.stats as BigIntStats),
  )
}

/** `undefined` where it has to be read in the other way, which also tells what is wrong. */
function readSmall(context: Context, relative: string, exact: boolean): MaybePromise<SmallFile | undefined> {
  const { port, root, settings } = context
  if (root.descriptors === undefined || settings.followSymlinks || isLenient(context)) return undefined
  const lies = (descriptor: number, calls: BriefCalls) => isInPlace(context, descriptor, relative, calls)
  return port.readSmall?.(root.absolute(relative), READ, lies, exact)
}

/** Reads to the end, which another program may have moved on since the file was looked at. */
async function readOpened(port: FsPort, descriptor: number, size: number): Promise<Uint8Array> {
  if (size > MAX_VALUE) throw new StoreError('TooLarge', 'the value does not fit in memory; use readStream')
  const bytes = size <= CLEARED ? new Uint8Array(size) : new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
  let length = await port.read(descriptor, size === 0 ? [BEYOND] : [bytes, BEYOND], null)
  if (length === size) return bytes
  while (length < size) {
    const more = await port.read(descriptor, [bytes.subarray(length)], null)
    if (more === 0) throw cutOff()
    length += more
  }
  return length === size ? bytes : await readRest(port, descriptor, bytes)
}

async function readRest(port: FsPort, descriptor: number, bytes: Uint8Array): Promise<Uint8Array> {
  const parts = [bytes]
  for (let at = bytes.byteLength; ; at += parts.at(-1)?.byteLength ?? 0) {
    const chunk = new Uint8Array(64 * 1024)
    const length = await port.read(descriptor, [chunk], at)
    if (length === 0) return new Uint8Array(Buffer.concat(parts))
    parts.push(chunk.subarray(0, length))
  }
}

/** Whether there is a file at a path. */
export async function hasFile(context: Context, relative: string): Promise<boolean> {
  return (await lookAtValue(context, relative)) !== undefined
}

/** Size, time and etag of the file at a path. Where times are coarse, the file is read for it. */
export async function statFile(context: Context, relative: string): Promise<Stat | undefined> {
  const { port } = context
  const stats = await lookAtValue(context, relative)
  if (stats === undefined || !isCoarse(stats)) return stats && statOf(stats, etagOf(stats))
  return await useValue(context, relative, port.fstatExact, async (descriptor, opened) =>
    statOf(opened, await etagOfOpened(port, descriptor)),
  )
}

function statOf(stats: BigIntStats, etag: string): Stat {
  return { size: Number(stats.size), modified: new Date(Number(stats.mtimeMs)), etag }
}
