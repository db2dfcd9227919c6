import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { StoreError } from '@kvdol/core'
import { type Context, place } from './context.ts'
import { codeOf, toStoreError } from './errors.ts'
import { getObject } from './get.ts'
import { INTERNAL, isInternal } from './naming.ts'
import { ask, change, request } from './request.ts'

/** What has to be done once, before the first read and before the first write. */
export interface Preparation {
  /** Nothing to wait for once it has been done. */
  reading(): undefined | Promise<void>
  writing(): undefined | Promise<void>
}

const FORMAT = { format: 'kvdol-encoded-keys', version: 1 }

/**
 * Looks whether the bucket is there and in which way its keys are written, as the option `onMissingBucket` says. One
 * request answers both. What failed is tried again by the next call.
 */
export function preparation(context: Context): Preparation {
  const { keys, onMissingBucket } = context.settings
  const nothing = onMissingBucket === 'assume' && keys === 'plain'
  let forReading = nothing
  let forWriting = nothing
  let running: Promise<void> = Promise.resolve()

  return {
    reading: () => (forReading || forWriting ? undefined : inTurn(read)),
    writing: () => (forWriting ? undefined : inTurn(write)),
  }

  async function read(): Promise<void> {
    if (!forReading) await look(context)
    forReading = true
  }

  async function write(): Promise<void> {
    if (forWriting) return
    // Again: another store may have written since this one has begun to read.
    const marked = await look(context)
    if (keys === 'encoded' && !marked) await mark(context)
    forReading = true
    forWriting = true
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const run = running.then(work)
    running = run.catch(() => {})
    return run
  }
}

/** Whether the prefix is marked as one of encoded keys. Rejects `Incompatible` when the store is of the other kind. */
async function look(context: Context): Promise<boolean> {
  const { keys, onMissingBucket } = context.settings
  let marker: Uint8Array | undefined
  try {
    marker = await getObject(context, INTERNAL, {})
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    // Who may not list is not told that the marker is absent.
    if (error.code === 'PermissionDenied') return false
    if (error.reason !== 'no-bucket' || onMissingBucket !== 'create') throw error
    await createBucket(context)
    return false
  }
  if (marker !== undefined) assertKnown(marker)
  if (marker !== undefined && keys === 'plain')
    throw incompatible("the objects were written with encoded keys; open the store with keys: 'encoded'")
  if (marker !== undefined || keys === 'plain') return marker !== undefined
  if (!(await hasObjects(context))) return false
  // The marker comes before the first object, so one that another store has written meanwhile is there by now.
  if ((await getObject(context, INTERNAL, {})) === undefined)
    throw incompatible(
      "there are objects that were not written with encoded keys; open the store with keys: 'plain', or under another prefix",
    )
  return true
}

/** Makes the bucket; that somebody of the same account was faster is fine. */
async function createBucket(context: Context): Promise<void> {
  try {
    await request(context, new CreateBucketCommand({ Bucket: context.bucket }))
  } catch (error) {
    if (codeOf(error) !== 'BucketAlreadyOwnedByYou') throw toStoreError(error, context.secrets, true)
  }
}

async function mark(context: Context): Promise<void> {
  const Body = new TextEncoder().encode(`${JSON.stringify(FORMAT)}\n`)
  const input = { ...place(context, INTERNAL), Body, ContentLength: Body.byteLength }
  await change(context, new PutObjectCommand({ ...input, ContentType: 'application/json' }))
}

async function hasObjects(context: Context): Promise<boolean> {
  const { prefix } = context.settings
  const input = { Bucket: context.bucket, Prefix: prefix, MaxKeys: 10 }
  const { Contents = [] } = await ask(context, new ListObjectsV2Command(input))
  return Contents.some(({ Key = '' }) => Key !== prefix && !isInternal(Key.slice(prefix.length)))
}

function assertKnown(marker: Uint8Array): void {
  let found: Partial<typeof FORMAT> | null
  try {
    found = JSON.parse(new TextDecoder().decode(marker))
  } catch {
    throw incompatible(`the object ${INTERNAL}, which tells how keys are written, is damaged`)
  }
  if (found?.format !== FORMAT.format || found.version !== FORMAT.version)
    throw incompatible(
      'the objects were written by a newer version of this package, or by another one; use that',
    )
}

function incompatible(detail: string): StoreError {
  return new StoreError('Incompatible', detail)
}
