import { type Stat, StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { toStoreError } from './errors.ts'
import { etagOf } from './etag.ts'
import { LOOK } from './flags.ts'
import { openFile } from './open-file.ts'

/** Beyond this a value is not read whole: Node's buffers end there. */
const MAX_VALUE = 2 ** 31 - 1

/** The content of the file at a path, or `undefined` when there is none. */
export async function readFile(context: Context, relative: string): Promise<Uint8Array | undefined> {
  const file = await openFile(context, relative)
  if (file === undefined) return undefined
  const { descriptor, stats } = file
  try {
    if (stats.size > MAX_VALUE)
      throw new StoreError('TooLarge', 'the value does not fit in memory; use readStream')
    return await readWhole(context, descriptor, stats.size)
  } catch (error) {
    throw toStoreError(error)
  } finally {
    context.port.closeNow(descriptor)
  }
}

/** Reads to the end, which another program may have moved since `size` was taken. */
async function readWhole({ port }: Context, descriptor: number, size: number): Promise<Uint8Array> {
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
  return length === size ? bytes : await readRest({ port }, descriptor, [bytes, beyond])
}

async function readRest(
  { port }: Pick<Context, 'port'>,
  descriptor: number,
  parts: Uint8Array[],
): Promise<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(64 * 1024)
    const length = await port.read(descriptor, [chunk], null)
    if (length === 0) return new Uint8Array(Buffer.concat(parts))
    parts.push(chunk.subarray(0, length))
  }
}

/** Whether there is a file at a path. */
export async function hasFile(context: Context, relative: string): Promise<boolean> {
  const file = await openFile(context, relative, looking(context))
  if (file === undefined) return false
  context.port.closeNow(file.descriptor)
  return true
}

/** Size, time and etag of the file at a path. */
export async function statFile(context: Context, relative: string): Promise<Stat | undefined> {
  const file = await openFile(context, relative, looking(context))
  if (file === undefined) return undefined
  const stats = context.port.fstatExact(file.descriptor)
  context.port.closeNow(file.descriptor)
  return { size: Number(stats.size), modified: new Date(Number(stats.mtimeMs)), etag: etagOf(stats) }
}

function looking({ root }: Context): number | undefined {
  return root.descriptors === undefined ? undefined : LOOK
}
