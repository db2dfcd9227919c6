import type { DriverDeleteOptions, Failures, ReadOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { codeOf, statusOf, wasRepeated } from '../errors.ts'
import { request } from '../service/request.ts'
import { etagHeader } from './condition.ts'

/** Removes an object; nothing to remove is fine, except with a condition. */
export async function removeObject(
  context: BucketContext,
  name: string,
  { ifMatch, signal }: DriverDeleteOptions,
): Promise<void> {
  const input = { ...place(context, name), ...(ifMatch !== undefined && { IfMatch: etagHeader(ifMatch) }) }
  try {
    await request(context, 'DeleteObject', input, signal)
  } catch (error) {
    const absent = codeOf(error) === 'NoSuchKey'
    if (ifMatch === undefined && absent) return
    if (ifMatch === undefined || !(absent || statusOf(error) === 412)) throw error
    // Of a request that was sent twice the first may have removed it.
    const outcome = wasRepeated(error) ? 'unknown' : 'not-applied'
    throw new StoreError('Conflict', 'the value has changed, or is gone', { outcome })
  }
}

/** Characters that XML, and so a batch, cannot hold or does not keep. */
const NOT_XML = /[\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/

/** Removes up to a thousand objects by one request. Gives those that could not be removed. */
export async function removeObjects(
  context: BucketContext,
  names: readonly string[],
  { signal }: ReadOptions,
): Promise<Failures<string>> {
  const batch = names.filter(name => !NOT_XML.test(name))
  const failures = new Map<string, unknown>()
  try {
    if (batch.length > 0) await removeBatch(context, batch, failures, signal)
  } catch (error) {
    for (const name of batch) failures.set(name, error)
  }
  for (const name of names)
    if (NOT_XML.test(name))
      await removeObject(context, name, { signal }).catch((error: unknown) => failures.set(name, error))
  return failures
}

/** Removes the objects of these names by one request, and notes the native errors of those that are still there. */
async function removeBatch(
  context: BucketContext,
  names: readonly string[],
  failures: Map<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = new Map(names.map(name => [place(context, name).Key, name]))
  const Delete = { Objects: Array.from(asked.keys(), Key => ({ Key })), Quiet: true }
  const { Errors = [] } = await request(context, 'DeleteObjects', { Bucket: context.bucket, Delete }, signal)
  for (const { Key = '', Code = '', Message = Code } of Errors) {
    const name = asked.get(Key)
    if (name === undefined)
      throw new StoreError('Corrupt', 'the server tells of keys that were not asked for')
    if (Code !== 'NoSuchKey')
      failures.set(name, Object.assign(new Error(Message), { name: Code, $metadata: {} }))
  }
}
