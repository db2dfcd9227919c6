import type { Failures, ReadOptions, StoreError } from '@kvdol/core'
import type { ObjectId } from 'mongodb'
import { type BulkWrite, bulkFailures, bulkWrite, byKey, forAll } from '../bulk.ts'
import { toStoreError } from '../errors.ts'
import { assertGoing } from '../going.ts'
import type { Context } from './context.ts'
import { documentOf, MAX_INLINE_BYTES } from './format.ts'
import { removeFiles } from './upload.ts'
import { writeValue } from './write.ts'

type Entry = readonly [key: string, value: Uint8Array]

/** Stores many values by one call; large ones one after the other. */
export async function writeMany(
  context: Context,
  entries: readonly Entry[],
  options: ReadOptions,
): Promise<Failures<string>> {
  const small = entries.filter(([, value]) => value.byteLength <= MAX_INLINE_BYTES)
  const failures = new Map(await writeSmall(context, small, options))
  for (const [key, value] of entries)
    if (value.byteLength > MAX_INLINE_BYTES) await tryToWrite(context, [key, value], options, failures)
  return failures
}

async function writeSmall(
  context: Context,
  entries: readonly Entry[],
  { signal }: ReadOptions,
): Promise<Failures<string>> {
  if (entries.length === 0) return new Map()
  const { collection, secrets, options } = context
  const keys = entries.map(([key]) => key)
  let replaced: Map<string, ObjectId>
  try {
    replaced = await filesOf(context, keys)
    assertGoing(signal)
  } catch (error) {
    return forAll(keys, error as StoreError)
  }
  const writes = entries.map(
    ([key, value]): BulkWrite => ({
      replaceOne: {
        filter: { _id: { $eq: key } },
        replacement: documentOf(key, { value }, value.byteLength),
        upsert: true,
      },
    }),
  )
  const failures = new Map<string, StoreError>()
  try {
    await bulkWrite(collection, writes, options.write)
  } catch (error) {
    const { failures: failed, again } = bulkFailures(error, keys.length, secrets)
    for (const [key, reason] of byKey(keys, failed)) failures.set(key, reason)
    for (const index of again) await tryToWrite(context, entries[index] as Entry, { signal }, failures)
  }
  for (const key of failures.keys()) replaced.delete(key)
  await removeFiles(context, [...replaced.values()])
  return failures
}

async function tryToWrite(
  context: Context,
  [key, value]: Entry,
  options: ReadOptions,
  failures: Map<string, StoreError>,
): Promise<void> {
  await writeValue(context, key, value, options).catch(error => failures.set(key, error as StoreError))
}

/** Removes many keys by one call. */
export async function removeMany(
  context: Context,
  keys: readonly string[],
  { signal }: ReadOptions,
): Promise<Failures<string>> {
  const { collection, options, secrets } = context
  try {
    const files = await filesOf(context, keys)
    assertGoing(signal)
    await collection.deleteMany({ _id: { $in: keys } }, options.write)
    await removeFiles(context, [...files.values()])
    return new Map()
  } catch (error) {
    return forAll(keys, toStoreError(error, { secrets, writes: true }))
  }
}

/**
 * What these keys have in GridFS now. Asks the short list of files first, which is empty in most stores, so that no
 * document with a value has to be looked at.
 */
async function filesOf(
  { collection, files, options, settings, fail }: Context,
  keys: readonly string[],
): Promise<Map<string, ObjectId>> {
  if (settings.large === 'refuse') return new Map()
  const named = await files
    .find({ filename: { $in: keys } }, { ...options.read, projection: { filename: 1 } })
    .toArray()
    .catch(fail.reading)
  if (named.length === 0) return new Map()
  const pointers = await collection
    .find({ _id: { $in: named.map(({ filename }) => filename) }, file: { $exists: true } }, options.readFile)
    .toArray()
    .catch(fail.reading)
  return new Map(pointers.map(({ _id, file }) => [_id as string, file as ObjectId]))
}
