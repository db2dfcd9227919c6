import type { DriverWriteOptions, ReadOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { hasObject } from '../reading/head.ts'
import { request } from '../service/request.ts'

/** Writes of one store that take turns where one could hide the other, so that the later one finds the earlier. */
export function turnsOfNested(): <T>(name: string, write: () => Promise<T>) => Promise<T> {
  const underWay = new Map<Promise<unknown>, string>()
  return async (name, write) => {
    const before = [...underWay].filter(([, other]) => isBelow(name, other) || isBelow(other, name))
    const writing = Promise.allSettled(before.map(([earlier]) => earlier)).then(write)
    underWay.set(writing, name)
    try {
      return await writing
    } finally {
      underWay.delete(writing)
    }
  }
}

function isBelow(name: string, folder: string): boolean {
  return name.startsWith(`${folder}/`)
}

/**
 * Refuses to write an object that would lie below or above another, for servers that would hide it. Nothing is
 * remembered from one write to the next, as other processes write too; what one of them writes in this moment is not
 * seen.
 */
export async function checkNesting(
  context: BucketContext,
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
export async function isNested(
  context: BucketContext,
  name: string,
  { signal }: ReadOptions,
): Promise<boolean> {
  const { Bucket, Key } = place(context, name)
  const below = { Bucket, Prefix: `${Key}/`, MaxKeys: 1 }
  const segments = name.split('/')
  // a and a/b for a/b/c
  const above = segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'))
  const [listed, ...found] = await Promise.all([
    request(context, 'ListObjectsV2', below, signal),
    ...above.map(folder => hasObject(context, folder, { signal })),
  ])
  return (listed.Contents ?? []).length > 0 || found.includes(true)
}
