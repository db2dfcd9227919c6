import type { CollectionCalls } from './collection-calls.ts'
import { numberOf } from './errors.ts'
import type { MongoRecord } from './shapes.ts'

/** One write of a batch. */
export type BulkWrite =
  | { readonly insertOne: { readonly document: MongoRecord } }
  | { readonly replaceOne: { filter: MongoRecord; replacement: MongoRecord; upsert: boolean } }
  | { readonly deleteOne: { filter: MongoRecord } }
  | { readonly deleteMany: { filter: MongoRecord } }
  | { readonly updateOne: { filter: MongoRecord; update: MongoRecord; upsert: boolean } }

/** What is looked at of the error for a batch: what the server said about its writes, and about all of it. */
interface BulkError {
  readonly writeErrors?: OneError | readonly OneError[]
  readonly result?: { getWriteConcernError?(): unknown }
}

type OneError = { readonly index: number; readonly code?: number; readonly errmsg?: string }

/** Sends many writes in one call, in no order. Resolves to the driver's errors by index, also when all failed. */
export async function bulkWrite(
  calls: CollectionCalls,
  writes: readonly BulkWrite[],
  options: object,
): Promise<Map<number, unknown>> {
  try {
    if (writes.length > 0) await calls.bulkWrite(writes, { ...options, ordered: false })
    return new Map()
  } catch (error) {
    return failuresOf(error, writes.length)
  }
}

function failuresOf(error: unknown, count: number): Map<number, unknown> {
  const { writeErrors = [], result } = Object(error) as BulkError
  const failures = new Map<number, unknown>()
  for (const { index, code, errmsg = 'a write failed' } of [writeErrors].flat() as OneError[])
    failures.set(index, Object.assign(new Error(errmsg), { name: 'WriteError', code }))
  // No answer, or not as safe as it should be: all that did not fail by themselves are in doubt.
  if (failures.size === 0 || result?.getWriteConcernError?.() !== undefined)
    for (let index = 0; index < count; index++) if (!failures.has(index)) failures.set(index, error)
  return failures
}

/** The writes of a batch that met a document which another made at the same moment, and may be tried again. */
export function overtaken(failures: ReadonlyMap<number, unknown>): number[] {
  return [...failures].filter(([, error]) => numberOf(error) === 11000).map(([index]) => index)
}
