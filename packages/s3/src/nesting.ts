import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { type DriverWriteOptions, type ReadOptions, StoreError } from '@kvdol/core'
import { type Context, place } from './context.ts'
import { hasObject } from './read.ts'
import { ask } from './request.ts'

/**
 * Refuses to write an object that would lie below or above another, for servers that would hide it. Nothing is
 * remembered from one write to the next, as other processes write too; what one of them writes in this moment is not
 * seen.
 */
export async function checkNesting(
  context: Context,
  name: string,
  options: DriverWriteOptions,
): Promise<void> {
  // There is an object of the name already, or nothing will be written.
  if (options.ifMatch !== undefined || !(await isNested(context, name, options))) return
  throw new StoreError(
    'InvalidKey',
    "there is a key below or above this one, and the server would hide it; use keys: 'encoded'",
    { reason: 'prefix-of-other' },
  )
}

/** Whether an object lies below this name, or above it. */
export async function isNested(context: Context, name: string, { signal }: ReadOptions): Promise<boolean> {
  const found = await Promise.all([
    isFolder(context, name, signal),
    ...foldersOf(name).map(folder => hasObject(context, folder, { signal })),
  ])
  return found.includes(true)
}

/** `a` and `a/b` for `a/b/c`. */
function foldersOf(name: string): string[] {
  const segments = name.split('/')
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'))
}

async function isFolder(context: Context, name: string, signal: AbortSignal | undefined): Promise<boolean> {
  const { Bucket, Key } = place(context, name)
  const input = { Bucket, Prefix: `${Key}/`, MaxKeys: 1 }
  const { Contents = [] } = await ask(context, new ListObjectsV2Command(input), signal)
  return Contents.length > 0
}
