import type { Change } from '@kvdol/core'
import type { ObjectId } from 'mongodb'
import { type BulkWrite, bulkWrite, overtaken } from '../../bulk.ts'
import { documentOf, MAX_INLINE_BYTES } from '../format.ts'
import type { Context } from '../opening/context.ts'
import { removeFiles } from './upload.ts'
import { writeValue } from './value.ts'

type Writing = Change<string, Uint8Array>
type Failures = Map<string, unknown>

/** Stores and removes many values by one call; large ones come after it, one after the other. */
export async function writeBatch(context: Context, changes: readonly Writing[]): Promise<Failures> {
  const small = changes.filter(change => !isLarge(change))
  const failures = small.length === 0 ? new Map() : await writeSmall(context, small)
  for (const change of changes) if (isLarge(change)) await tryToWrite(context, change, failures)
  return failures
}

async function writeSmall(context: Context, changes: readonly Writing[]): Promise<Failures> {
  const keys = changes.map(keyOf)
  const failures: Failures = new Map()
  try {
    const replaced = await filesOf(context, keys)
    const failed = await bulkWrite(context.values, changes.map(writeOf), context.options.write)
    for (const [index, error] of failed) failures.set(keys[index] as string, error)
    for (const index of overtaken(failed)) {
      failures.delete(keys[index] as string)
      await tryToWrite(context, changes[index] as Writing, failures)
    }
    for (const key of failures.keys()) replaced.delete(key)
    await removeFiles(context, [...replaced.values()])
    return failures
  } catch (error) {
    return forAll(keys, error)
  }
}

function keyOf(change: Writing): string {
  return 'set' in change ? change.set : change.delete
}

function isLarge(change: Writing): boolean {
  return 'set' in change && change.value.byteLength > MAX_INLINE_BYTES
}

function writeOf(change: Writing): BulkWrite {
  const filter = { _id: { $eq: keyOf(change) } }
  if (!('set' in change)) return { deleteOne: { filter } }
  const { set, value } = change
  return { replaceOne: { filter, replacement: documentOf(set, { value }, value.byteLength), upsert: true } }
}

async function tryToWrite(context: Context, change: Writing, failures: Failures): Promise<void> {
  if (!('set' in change)) return
  const { set, value } = change
  await writeValue(context, set, value, {}).catch((error: unknown) => failures.set(set, error))
}

/** Removes many keys by one call. */
export async function removeMany(context: Context, keys: readonly string[]): Promise<Failures> {
  const { values, options } = context
  try {
    const files = await filesOf(context, keys)
    await values.deleteMany({ _id: { $in: keys } }, options.write)
    await removeFiles(context, [...files.values()])
    return new Map()
  } catch (error) {
    return forAll(keys, error)
  }
}

function forAll(keys: readonly string[], error: unknown): Failures {
  return new Map(keys.map(key => [key, error]))
}

/**
 * What these keys have in GridFS now. Asks the short list of files first, which is empty in most stores, so that no
 * document with a value has to be looked at.
 */
async function filesOf(
  { values, files, options, settings }: Context,
  keys: readonly string[],
): Promise<Map<string, ObjectId>> {
  if (settings.large === 'refuse') return new Map()
  const named = await files
    .find({ filename: { $in: keys } }, { ...options.read, projection: { filename: 1 } })
    .all()
  if (named.length === 0) return new Map()
  const pointing = { _id: { $in: named.map(({ filename }) => filename) }, file: { $exists: true } }
  const pointers = await values.find(pointing, options.readFile).all()
  return new Map(pointers.map(({ _id, file }) => [_id as string, file as ObjectId]))
}
