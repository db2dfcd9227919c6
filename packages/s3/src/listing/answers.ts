import { StoreError } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import { request } from '../service/request.ts'
import type { OutputOf } from '../service/sdk.ts'

/** What to list. */
export interface Wanted {
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
  context: BucketContext,
  { head, floor = '', pageSize, signal, delimiter }: Wanted,
): AsyncGenerator<OutputOf<'ListObjectsV2'>, void, undefined> {
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
    const page: OutputOf<'ListObjectsV2'> = await request(
      context,
      'ListObjectsV2',
      { ...input, ...from },
      signal,
    )
    yield page
    token = page.IsTruncated === true ? nextToken(page.NextContinuationToken, seen) : undefined
  } while (token !== undefined)
}

/** How many tokens are kept to find one that comes again. */
const KEPT = 1000

/** The token of the next page, which is not one of those that were. */
export function nextToken(token: string | undefined, seen: Set<string>): string {
  if (token === undefined || token === '')
    throw new StoreError('Corrupt', 'the server says that the listing goes on, and does not say where')
  if (seen.has(token)) throw new StoreError('Corrupt', 'the server repeats a part of the listing for ever')
  if (seen.size === KEPT) seen.clear()
  seen.add(token)
  return token
}

/** The name of a listed object, without the store's prefix. */
export function nameIn(
  { settings }: BucketContext,
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
