import { StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { failedWith } from './errors.ts'
import { READ } from './flags.ts'
import { openFolder } from './folder.ts'
import { isInternal, MARKER } from './internal-name.ts'
import { discard, writeTemporary } from './temporary.ts'

const FORMAT = { format: 'kvdol-encoded-keys', version: 1 }

/** Rejects `Incompatible` when the files in the root are named in the other way. */
export async function checkMarker(context: Context): Promise<void> {
  const marked = await isMarked(context)
  if (context.settings.keys === 'plain') {
    if (marked) throw incompatible("the folder was written with encoded keys; open it with keys: 'encoded'")
  } else if (!marked && (await hasEntries(context))) {
    throw incompatible(
      "the folder holds files that were not written with encoded keys; open it with keys: 'plain'",
    )
  }
}

/** Marks the root as one of encoded keys. */
export async function writeMarker(context: Context): Promise<void> {
  if (await isMarked(context)) return
  const folder = openFolder(context, '')
  if (typeof folder === 'string') return
  const { port } = context
  const temporary = await writeTemporary(
    context,
    folder,
    new TextEncoder().encode(`${JSON.stringify(FORMAT)}\n`),
    undefined,
  )
  try {
    await port.rename(`${folder.path}/${temporary}`, `${folder.path}/${MARKER}`)
  } catch (error) {
    await discard(context, folder, temporary)
    throw error
  } finally {
    folder.close()
  }
}

async function isMarked({ port, root }: Context): Promise<boolean> {
  let descriptor: number
  try {
    descriptor = await port.open(root.absolute(MARKER), READ)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return false
    throw error
  }
  try {
    const bytes = new Uint8Array(1000)
    const length = await port.read(descriptor, [bytes], 0)
    assertKnown(new TextDecoder().decode(bytes.subarray(0, length)))
    return true
  } finally {
    port.closeNow(descriptor)
  }
}

function assertKnown(text: string): void {
  let found: Partial<typeof FORMAT> | null
  try {
    found = JSON.parse(text)
  } catch {
    throw incompatible(`the file ${MARKER} in the root, which tells how keys are written, is damaged`)
  }
  if (found?.format !== FORMAT.format || found.version !== FORMAT.version)
    throw incompatible(
      'the folder was written by a newer version of this package, or by another one; use that',
    )
}

async function hasEntries({ port, root }: Context): Promise<boolean> {
  const folder = await port.opendir(root.real, 32)
  try {
    for (;;) {
      const entries = await folder.next()
      if (entries.length === 0) return false
      if (entries.some(({ name }) => !isInternal(name))) return true
    }
  } finally {
    folder.close()
  }
}

function incompatible(detail: string): StoreError {
  return new StoreError('Incompatible', detail)
}
