import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3'
import { type DriverDeleteOptions, type Failures, type ReadOptions, StoreError } from '@kvdol/core'
import { type Context, place } from './context.ts'
import { codeOf, statusOf, toStoreError, wasRepeated } from './errors.ts'
import { request } from './request.ts'

/** Removes an object; nothing to remove is fine, except with a condition. Throws the store's errors. */
export async function removeObject(
  context: Context,
  name: string,
  { ifMatch, signal }: DriverDeleteOptions,
): Promise<void> {
  const input = { ...place(context, name), ...(ifMatch !== undefined && { IfMatch: ifMatch }) }
  try {
    await request(context, new DeleteObjectCommand(input), signal)
  } catch (error) {
    const absent = codeOf(error) === 'NoSuchKey'
    if (ifMatch === undefined && absent) return
    if (ifMatch === undefined || !(absent || statusOf(error) === 412))
      throw toStoreError(error, context.secrets, true)
    // Of a request that was sent twice the first may have removed it.
    const outcome = wasRepeated(error) ? 'unknown' : 'not-applied'
    throw new StoreError('Conflict', 'the value has changed, or is gone', { outcome })
  }
}

/** Characters that XML, and so a batch, cannot hold or does not keep. */
const NOT_XML = /[\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/

/** Removes up to a thousand objects by one request. Gives those that could not be removed. */
export async function removeObjects(
  context: Context,
  keys: readonly string[],
  { signal }: ReadOptions,
): Promise<Failures<string>> {
  const { naming, settings } = context
  const failures = new Map<string, StoreError>()
  const batch = new Map<string, string>()
  const alone: string[] = []
  for (const key of keys) {
    try {
      const name = naming.nameOf(key)
      if (NOT_XML.test(name)) alone.push(key)
      else batch.set(settings.prefix + name, key)
    } catch (error) {
      failures.set(key, error as StoreError)
    }
  }
  if (batch.size > 0) await removeBatch(context, batch, failures, signal)
  for (const key of alone)
    await removeObject(context, naming.nameOf(key), { signal }).catch((error: StoreError) =>
      failures.set(key, error),
    )
  return failures
}

/** Removes the objects of these names by one request, and notes the keys of those that are still there. */
async function removeBatch(
  context: Context,
  batch: ReadonlyMap<string, string>,
  failures: Map<string, StoreError>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const Objects = Array.from(batch.keys(), Key => ({ Key }))
  const command = new DeleteObjectsCommand({ Bucket: context.bucket, Delete: { Objects, Quiet: true } })
  try {
    const { Errors = [] } = await request(context, command, signal)
    for (const { Key = '', Code = '', Message = Code } of Errors) {
      if (Code === 'NoSuchKey') continue
      const error = toStoreError(Object.assign(new Error(Message), { name: Code }), context.secrets)
      const key = batch.get(Key)
      if (key === undefined)
        throw new StoreError('Corrupt', 'the server tells of keys that were not asked for')
      failures.set(key, error)
    }
  } catch (error) {
    const failure = toStoreError(error, context.secrets, true)
    for (const key of batch.values()) failures.set(key, failure)
  }
}
