import { type Found, type Stat, StoreError } from '@kvdol/core'
import { etagOf } from '../file/etag.ts'
import { LOOK } from '../file/flags.ts'
import type { FsPort } from '../file/port.ts'
import type { Context } from '../place/context.ts'
import { useValue } from './open-value.ts'

/** Beyond this a value is not read whole: Node's buffers end there. */
const MAX_VALUE = 2 ** 31 - 1

/** The content of the file at a path, or `undefined` when there is none. */
export function readFile(context: Context, relative: string): Promise<Uint8Array | undefined> {
  return useValue(context, relative, (descriptor, { size }) => readOpened(context.port, descriptor, size))
}

/** The content of the file at a path, with size, time and etag of the same opened file. */
export function readWithStat(context: Context, relative: string): Promise<Found<Uint8Array> | undefined> {
  return useValue(context, relative, async (descriptor, { size }) => {
    const stat = statOf(context.port, descriptor)
    return { value: await readOpened(context.port, descriptor, size), stat }
  })
}

function readOpened(port: FsPort, descriptor: number, size: number): Promise<Uint8Array> {
  if (size > MAX_VALUE) throw new StoreError('TooLarge', 'the value does not fit in memory; use readStream')
  return readWhole(port, descriptor, size)
}

/** Reads to the end, which another program may have moved since `size` was taken. */
async function readWhole(port: FsPort, descriptor: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
  // One byte more tells in the same call whether the file has grown.
  const beyond = new Uint8Array(1)
  const buffers = size === 0 ? [beyond] : [bytes, beyond]
  let length = await port.read(descriptor, buffers, null)
  if (length === size) return bytes
  while (length < size) {
    const more = await port.read(descriptor, [bytes.subarray(length)], null)
    if (more === 0) return bytes.slice(0, length)
    length += more
  }
  return length === size ? bytes : await readRest(port, descriptor, [bytes, beyond])
}

async function readRest(port: FsPort, descriptor: number, parts: Uint8Array[]): Promise<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(64 * 1024)
    const length = await port.read(descriptor, [chunk], null)
    if (length === 0) return new Uint8Array(Buffer.concat(parts))
    parts.push(chunk.subarray(0, length))
  }
}

/** Whether there is a file at a path. */
export async function hasFile(context: Context, relative: string): Promise<boolean> {
  return (await useValue(context, relative, () => true, looking(context))) === true
}

/** Size, time and etag of the file at a path. */
export function statFile(context: Context, relative: string): Promise<Stat | undefined> {
  const stat = (descriptor: number) => statOf(context.port, descriptor)
  return useValue(context, relative, stat, looking(context))
}

function statOf(port: FsPort, descriptor: number): Stat {
  const stats = port.fstatExact(descriptor)
  return { size: Number(stats.size), modified: new Date(Number(stats.mtimeMs)), etag: etagOf(stats) }
}

/** What is not read need not be readable. */
function looking({ root }: Context): { flags?: number } {
  return root.descriptors === undefined ? {} : { flags: LOOK }
}
