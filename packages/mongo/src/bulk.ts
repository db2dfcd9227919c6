import type { Failures, StoreError } from '@kvdol/core'
import { isDuplicate, toStoreError } from './errors.ts'
import type { MongoCollection, MongoRecord } from './shapes.ts'

/** One write of a batch. */
export type BulkWrite =
  | { readonly insertOne: { readonly document: MongoRecord } }
  | { readonly replaceOne: { filter: MongoRecord; replacement: MongoRecord; upsert: boolean } }
  | { readonly updateOne: { filter: MongoRecord; update: MongoRecord; upsert: boolean } }
  | { readonly deleteMany: { readonly filter: MongoRecord } }

/** Sends many writes in one call, in no order. */
export async function bulkWrite(
  collection: MongoCollection,
  writes: readonly BulkWrite[],
  options: object,
): Promise<void> {
  await collection.bulkWrite(writes, { ...options, ordered: false })
}

/** What the server said about one write of a batch. */
interface WriteError {
  readonly index: number
  readonly code?: number
  readonly errmsg?: string
}

/**
 * What went wrong for each write of a batch, by its index; those that met a document which another made at the same
 * moment are in `again`, and may be tried again.
 */
export function bulkFailures(
  error: unknown,
  count: number,
  secrets: readonly string[],
): { failures: Map<number, StoreError>; again: number[] } {
  const failures = new Map<number, StoreError>()
  const again: number[] = []
  const told = (error as { writeErrors?: WriteError | readonly WriteError[] } | null)?.writeErrors
  const writeErrors = Array.isArray(told)
    ? (told as WriteError[])
    : told === undefined
      ? []
      : [told as WriteError]
  for (const { index, code, errmsg } of writeErrors) {
    const one = Object.assign(new Error(errmsg ?? 'a write failed'), { name: 'WriteError', code })
    if (isDuplicate(one)) again.push(index)
    else failures.set(index, toStoreError(one, { secrets, writes: true }))
  }
  // No answer, or not as safe as it should be: all that did not fail by themselves are in doubt.
  if (writeErrors.length === 0 || hasConcernError(error)) {
    const whole = toStoreError(error, { secrets, writes: true })
    for (let index = 0; index < count; index++)
      if (!failures.has(index) && !again.includes(index)) failures.set(index, whole)
  }
  return { failures, again }
}

function hasConcernError(error: unknown): boolean {
  const { result } = (error ?? {}) as { result?: { getWriteConcernError?(): unknown } }
  return result?.getWriteConcernError?.() !== undefined
}

/** The failures of a batch by key. */
export function byKey<K>(keys: readonly K[], failures: ReadonlyMap<number, StoreError>): Failures<K> {
  return new Map([...failures].map(([index, error]) => [keys[index] as K, error]))
}

/** One failure for all keys. */
export function forAll<K>(keys: readonly K[], error: StoreError): Failures<K> {
  return new Map(keys.map(key => [key, error]))
}
