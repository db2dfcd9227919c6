import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { type DriverListOptions, StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { isInternal } from './naming.ts'
import { ask } from './request.ts'

/** S3 lists no more keys at once. */
const PAGE = 1000

/** The keys, page by page: one request for each, and none that nobody asks for. */
export async function* listPages(
  context: Context,
  { prefix = '', after, limit = Number.POSITIVE_INFINITY, signal }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const { naming, settings } = context
  const head = naming.headOf(prefix)
  if (head === undefined || limit === 0) return
  const floor = after === undefined ? '' : (naming.floorOf?.(after) ?? '')
  const wanted = { head, floor, pageSize: Math.min(PAGE, limit), signal }
  const isBefore = after === undefined || floor === after ? () => false : notAfter(after)
  let left = limit
  for await (const { Contents: objects = [], EncodingType } of answers(context, wanted)) {
    const keys: string[] = []
    for (const { Key } of objects) {
      const name = nameIn(context, Key, EncodingType)
      const key = naming.keyOf(name)
      if (key === undefined || isInternal(name)) report(settings.onForeign, name)
      else if (key.startsWith(prefix) && !isBefore(key)) keys.push(key)
    }
    yield keys
    left -= keys.length
    if (left <= 0) return
  }
}

/** Whether a key comes before the other or is the same, by its UTF-8 bytes. */
function notAfter(other: string): (key: string) => boolean {
  const bytes = Buffer.from(other)
  return key => Buffer.compare(Buffer.from(key), bytes) <= 0
}

function report(onForeign: ((object: { name: string }) => void) | undefined, name: string): void {
  // The marker of a folder is part of every bucket that a console has shown.
  if (name !== '' && !isInternal(name)) onForeign?.({ name })
}

/** What to list. */
export interface Listing {
  /** What the names begin with. */
  readonly head: string
  /** The name that they come after, if any. */
  readonly floor?: string
  readonly pageSize: number
  readonly signal: AbortSignal | undefined
  /** Names are cut after this, and what remains is given once. */
  readonly delimiter?: '/'
}

/** The answers of the server. Rejects `Corrupt` for a listing that would never end or that lost its rest. */
export async function* answers(
  context: Context,
  { head, floor = '', pageSize, signal, delimiter }: Listing,
): AsyncGenerator<ListObjectsV2CommandOutput, void, undefined> {
  const { bucket, settings } = context
  const input = {
    Bucket: bucket,
    Prefix: settings.prefix + head,
    // XML cannot hold every character.
    EncodingType: 'url' as const,
    MaxKeys: pageSize,
    ...(delimiter !== undefined && { Delimiter: delimiter }),
  }
  const start = floor === '' ? {} : { StartAfter: settings.prefix + floor }
  const seen = new Set<string>()
  let token: string | undefined
  do {
    const from = token === undefined ? start : { ContinuationToken: token }
    const page: ListObjectsV2CommandOutput = await ask(
      context,
      new ListObjectsV2Command({ ...input, ...from }),
      signal,
    )
    yield page
    token = page.IsTruncated === true ? nextToken(page.NextContinuationToken, seen) : undefined
  } while (token !== undefined)
}

/** How many tokens are kept to find one that comes again. */
const KEPT = 1000

function nextToken(token: string | undefined, seen: Set<string>): string {
  if (token === undefined || token === '')
    throw new StoreError('Corrupt', 'the server says that the listing goes on, and does not say where')
  if (seen.has(token)) throw new StoreError('Corrupt', 'the server repeats a part of the listing for ever')
  if (seen.size === KEPT) seen.clear()
  seen.add(token)
  return token
}

/** The name of a listed object, without the store's prefix. */
export function nameIn(
  { settings }: Context,
  text: string | undefined,
  encoding: string | undefined,
): string {
  const name = encoding === 'url' ? decodeUrl(text ?? '') : (text ?? '')
  if (!name.startsWith(settings.prefix))
    throw new StoreError('Corrupt', 'the server lists objects that do not begin with the prefix asked for')
  return name.slice(settings.prefix.length)
}

/** Decodes a listed name: a space is written `+` by AWS and its relatives, and a plus `%2B`. */
function decodeUrl(text: string): string {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new StoreError('Corrupt', 'the server lists a key that is not UTF-8', { cause })
  }
}
