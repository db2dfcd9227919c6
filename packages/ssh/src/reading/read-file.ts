import { createHash, type Hash } from 'node:crypto'
import type { Found, Stat } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { OPEN } from '../connection/protocol.ts'
import type { Attributes, Handle, Remote } from '../connection/remote.ts'
import type { Context } from '../context.ts'
import { isMissing } from '../errors.ts'
import { lookForFile } from '../opening/confine.ts'
import { CHUNK, readInto, readParts } from './read-parts.ts'

/** Beyond this a value is not read whole: Node's buffers end there. */
const MAX_VALUE = 2 ** 31 - 1

/** The content of the file at a path, or `undefined` when there is none. */
export async function readFile(
  context: Context,
  remote: Remote,
  relative: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await openFile(context, remote, relative)
  if (file === undefined) return undefined
  try {
    return await contentOf(remote, file)
  } finally {
    release(remote, file.handle)
  }
}

/** The content of the file at a path and what is known of it, from one reading. */
export async function readFileWithStat(
  context: Context,
  remote: Remote,
  relative: string,
): Promise<Found<Uint8Array> | undefined> {
  const file = await openFile(context, remote, relative)
  if (file === undefined) return undefined
  try {
    const [value, attributes] = await Promise.all([contentOf(remote, file), remote.fstat(file.handle)])
    const hash = context.settings.etag === 'none' ? undefined : createHash('sha256').update(value)
    return { value, stat: statOf({ ...attributes, size: value.byteLength }, hash) }
  } finally {
    release(remote, file.handle)
  }
}

async function contentOf(remote: Remote, file: OpenedFile): Promise<Uint8Array<ArrayBuffer>> {
  return (await readSmall(remote, file)) ?? (await readWhole(remote, file))
}

/**
 * A small file in one request, unless it has another size than when it was looked at. One byte more is asked for, and as
 * servers give all there is of a file (draft-ietf-secsh-filexfer-02, 6.4), its absence says that this is the end.
 */
async function readSmall(
  remote: Remote,
  { handle, size }: OpenedFile,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (size >= CHUNK) return undefined
  const bytes = Buffer.allocUnsafeSlow(size + 1)
  const read = await remote.read(handle, bytes, 0)
  return read === size ? new Uint8Array(bytes.buffer.slice(0, size)) : undefined
}

async function readWhole(remote: Remote, { handle, size }: OpenedFile): Promise<Uint8Array<ArrayBuffer>> {
  // The file may have been replaced since it was looked at; then its size is another one.
  const guess = Buffer.allocUnsafeSlow(Math.min(size, MAX_VALUE))
  const reading = readInto(remote, handle, guess)
  reading.catch(() => {})
  const found = await remote.fstat(handle)
  if (found.size > MAX_VALUE)
    throw new StoreError('TooLarge', 'the value does not fit in memory; use readStream')
  if (found.size === guess.length) {
    await reading
    return new Uint8Array(guess.buffer)
  }
  await reading.catch(() => {})
  const whole = Buffer.allocUnsafeSlow(found.size)
  await readInto(remote, handle, whole)
  return new Uint8Array(whole.buffer)
}

export interface OpenedFile {
  readonly handle: Handle
  /** Its size when it was looked at, just before it was opened. */
  readonly size: number
}

/** Opens the file at a path, or gives `undefined` when there is none. */
export async function openFile(
  context: Context,
  remote: Remote,
  relative: string,
): Promise<OpenedFile | undefined> {
  const found = await lookForFile(context, remote, relative)
  if (found === undefined) return undefined
  try {
    return { handle: await remote.open(context.root.at(relative), OPEN.READ), size: found.size }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Closes what was read from; whether the server manages that is of no interest. */
export function release(remote: Remote, handle: Handle): void {
  remote.close(handle).catch(() => {})
}

/** What is known of the value at a path. With etags by content, it is read. */
export async function statFile(
  context: Context,
  remote: Remote,
  relative: string,
): Promise<Stat | undefined> {
  if (context.settings.etag === 'none') {
    const found = await lookForFile(context, remote, relative)
    return found && statOf(found, undefined)
  }
  const file = await openFile(context, remote, relative)
  if (file === undefined) return undefined
  try {
    const attributes = await remote.fstat(file.handle)
    const hash = createHash('sha256')
    for await (const part of readParts(remote, file.handle, 0, attributes.size)) hash.update(part)
    return statOf(attributes, hash)
  } finally {
    release(remote, file.handle)
  }
}

function statOf({ size, modified }: Attributes, hash: Hash | undefined): Stat {
  return { size, modified: new Date(modified), ...(hash && { etag: hash.digest('base64url') }) }
}
