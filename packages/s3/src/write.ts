import { randomUUID } from 'node:crypto'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { type DriverWriteOptions, StoreError } from '@kvdol/core'
import { type Context, place } from './context.ts'
import { codeOf, mayHaveHappened, statusOf, toStoreError, wasRepeated } from './errors.ts'
import { isNested } from './nesting.ts'
import { pause, RETRIES } from './pause.ts'
import { headObject } from './read.ts'
import { request } from './request.ts'

/** Under what name the metadata of an object tells which write it comes from. */
const MARK = 'kvdol-write'

/** The condition of a write, as the requests of S3 have it. */
export interface Condition {
  readonly IfNoneMatch?: '*'
  readonly IfMatch?: string
}

/** How one write is told from all others. */
export interface Mark {
  readonly Metadata: Readonly<Record<string, string>>
}

/** Stores a value. Throws the store's errors. */
export async function putObject(
  context: Context,
  name: string,
  bytes: Uint8Array,
  options: DriverWriteOptions,
): Promise<void> {
  const condition = conditionOf(options)
  const mark = condition === undefined ? undefined : newMark()
  const input = {
    ...place(context, name),
    Body: bytes,
    ContentLength: bytes.byteLength,
    ...condition,
    ...mark,
  }
  for (let attempt = 0; ; attempt++) {
    try {
      await request(context, new PutObjectCommand(input), options.signal)
      return
    } catch (error) {
      if (attempt < RETRIES && (await isRace(context, name, error, options))) {
        await pause(attempt)
        continue
      }
      return await settle(context, name, error, mark, options)
    }
  }
}

/** The condition that the options ask for. */
export function conditionOf({ ifAbsent, ifMatch }: DriverWriteOptions): Condition | undefined {
  if (ifAbsent === true) return { IfNoneMatch: '*' }
  return ifMatch === undefined ? undefined : { IfMatch: ifMatch }
}

export function newMark(): Mark {
  return { Metadata: { [MARK]: randomUUID() } }
}

/**
 * Whether a write met another one and nothing is decided, which is not the same as a refusal. Servers that keep objects
 * as files also say that a name is taken when its folder was just removed.
 */
async function isRace(
  context: Context,
  name: string,
  error: unknown,
  { signal }: DriverWriteOptions,
): Promise<boolean> {
  const code = codeOf(error)
  if (code === 'ConditionalRequestConflict') return true
  if (code !== 'ObjectParentIsFile' && code !== 'ExistingObjectIsDirectory') return false
  return !(await isNested(context, name, { signal }))
}

/**
 * Returns when a write that failed has been carried out nevertheless, and throws the store's error otherwise.
 *
 * The SDK repeats a request whose answer was lost; the repetition of a conditional one is refused because of the first.
 * So the object is asked which write it comes from.
 */
export async function settle(
  context: Context,
  name: string,
  error: unknown,
  mark: Mark | undefined,
  options: DriverWriteOptions,
): Promise<void> {
  const refused = isRefusal(error, options)
  const uncertain = wasRepeated(error) || (!refused && mayHaveHappened(error))
  if (mark !== undefined && uncertain && (await isFrom(context, name, mark, options))) return
  if (!refused) throw toStoreError(error, context.secrets, true)
  throw new StoreError(
    'Conflict',
    options.ifAbsent === true ? 'there is a value already' : 'the value has changed, or is gone',
    // The first request may have been carried out and its value replaced by now.
    { outcome: uncertain ? 'unknown' : 'not-applied' },
  )
}

/** Whether the condition does not hold; for `ifMatch` that is also so when there is nothing. */
function isRefusal(error: unknown, { ifMatch }: DriverWriteOptions): boolean {
  const code = codeOf(error)
  return (
    code === 'PreconditionFailed' ||
    (statusOf(error) === 412 && !(error instanceof StoreError)) ||
    (code === 'NoSuchKey' && ifMatch !== undefined)
  )
}

/** Whether the object comes from this write. When nobody can tell, it counts as not known. */
async function isFrom(
  context: Context,
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
