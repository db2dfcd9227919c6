import { randomUUID } from 'node:crypto'
import type { DriverWriteOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import { codeOf, isInDoubt, statusOf } from '../errors.ts'
import { headObject } from '../reading/head.ts'
import { MARK, type ObjectHeaders } from '../reading/headers.ts'

/** The condition of a write, as the requests of S3 have it. */
export interface Condition {
  readonly IfNoneMatch?: '*'
  readonly IfMatch?: string
}

/** How one write is told from all others. */
export interface Mark {
  readonly Metadata: Readonly<Record<string, string>>
}

/** The condition that the options ask for. */
export function conditionOf({ ifAbsent, ifMatch }: DriverWriteOptions): Condition | undefined {
  if (ifAbsent === true) return { IfNoneMatch: '*' }
  return ifMatch === undefined ? undefined : { IfMatch: etagHeader(ifMatch) }
}

/** What HTTP takes for no condition, for any etag, or for one of several. */
const NO_ETAG = /^\s*\*?\s*$|^[^"]*,|"\s*,/

/** An etag as a header. */
export function etagHeader(etag: string): string {
  if (!NO_ETAG.test(etag)) return etag
  throw new StoreError('Conflict', 'the value has another etag: this is none of S3')
}

/** A mark, beside the metadata that the object gets. */
export function newMark({ Metadata }: ObjectHeaders): Mark {
  return { Metadata: { ...Metadata, [MARK]: randomUUID() } }
}

/**
 * Returns when a write that failed has been carried out nevertheless, and throws otherwise.
 *
 * The SDK repeats a request whose answer was lost; the repetition of a conditional one is refused because of the first.
 * So the object is asked which write it comes from.
 */
export async function settle(
  context: BucketContext,
  name: string,
  error: unknown,
  mark: Mark | undefined,
  options: DriverWriteOptions,
): Promise<void> {
  const uncertain = isInDoubt(error)
  if (mark !== undefined && uncertain && (await isFrom(context, name, mark, options))) return
  if (!isRefusal(error, options)) throw error
  throw new StoreError(
    'Conflict',
    options.ifAbsent === true ? 'there is a value already' : 'the value has changed, or is gone',
    // The first request may have been carried out and its value replaced by now.
    { outcome: uncertain ? 'unknown' : 'not-applied' },
  )
}

/** Whether the condition does not hold; for `ifMatch` that is also so when there is nothing. */
function isRefusal(error: unknown, { ifMatch }: DriverWriteOptions): boolean {
  return statusOf(error) === 412 || (codeOf(error) === 'NoSuchKey' && ifMatch !== undefined)
}

/** Whether the object comes from this write. When nobody can tell, it counts as not known. */
async function isFrom(
  context: BucketContext,
  name: string,
  { Metadata }: Mark,
  { signal }: DriverWriteOptions,
): Promise<boolean> {
  if (signal?.aborted) return false
  try {
    return (await headObject(context, name, { signal }))?.metadata[MARK] === Metadata[MARK]
  } catch {
    return false
  }
}
