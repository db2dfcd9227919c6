import { StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { toStoreError } from './errors.ts'
import { uniqueTime } from './etag.ts'
import { CREATE } from './flags.ts'
import { type Folder, obstructed } from './folder.ts'
import { temporaryName } from './internal-name.ts'

/** What a value is written from: at once, or by and by. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>

/** Values up to this many bytes are closed without leaving the thread: there is nothing to wait for. */
const SMALL = 64 * 1024

/**
 * Writes a complete new file beside the one it is going to replace, and gives its name. Removes it again when anything
 * fails. It gets the permissions of the old file, from which it is kept secret until then.
 */
export async function writeTemporary(
  context: Context,
  folder: Folder,
  content: Content,
  oldMode: number | undefined,
): Promise<string> {
  const { port, settings } = context
  const name = temporaryName()
  const path = `${folder.path}/${name}`
  const mode = oldMode ?? settings.mode
  const descriptor = await port.open(path, CREATE, mode === undefined ? 0o666 : 0o600)
  let open = true
  try {
    if (!folder.confirmed()) throw obstructed('symlink')
    const small = content instanceof Uint8Array && content.byteLength <= SMALL
    if (content instanceof Uint8Array) await writeAll(context, descriptor, content)
    else for await (const chunk of content) await writeAll(context, descriptor, chunk)
    if (mode !== undefined) port.chmod(descriptor, mode & 0o777)
    port.touch(descriptor, uniqueTime())
    if (settings.sync === 'full') await port.sync(descriptor)
    else if (settings.sync === 'data') await port.syncData(descriptor)
    open = false
    if (small) port.closeNow(descriptor)
    else await port.close(descriptor)
    return name
  } catch (error) {
    if (open) await quietly(() => port.close(descriptor))
    await discard(context, folder, name)
    // No `ENOENT` any more, after which a write starts again: the content may have been used up.
    throw toStoreError(error)
  }
}

/** Writes all of it, however little the system takes at a time. */
async function writeAll({ port }: Context, descriptor: number, bytes: Uint8Array): Promise<void> {
  let rest = bytes
  while (rest.byteLength > 0) {
    const written = await port.write(descriptor, rest)
    if (written === 0) throw new StoreError('OutOfSpace', 'the medium takes no more bytes')
    rest = rest.subarray(written)
  }
}

/** Removes a temporary file if it is still there. */
export async function discard({ port }: Pick<Context, 'port'>, folder: Folder, name: string): Promise<void> {
  await quietly(() => port.unlink(`${folder.path}/${name}`))
}

/** A clean-up must not hide the failure that led to it. */
async function quietly(work: () => Promise<void>): Promise<void> {
  await work().catch(() => {})
}
