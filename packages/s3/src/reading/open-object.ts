import type { Range, ReadOptions } from '@kvdol/core'
import { resolveRange, StoreError } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { codeOf } from '../errors.ts'
import { type Opened, open } from '../service/request.ts'
import type { InputOf, OutputOf } from '../service/sdk.ts'

export type OpenedObject = Opened<OutputOf<'GetObject'>>

/**
 * Asks for an object; `undefined` when there is none. Only `NoSuchKey` says that: a status alone may be that of a
 * missing bucket, and of a user who is not known.
 */
export async function openObject(
  context: BucketContext,
  name: string,
  input: Pick<InputOf<'GetObject'>, 'Range' | 'IfMatch'>,
  { signal }: ReadOptions,
): Promise<OpenedObject | undefined> {
  try {
    return await open(context, 'GetObject', { ...place(context, name), ...input }, signal)
  } catch (error) {
    if (codeOf(error) === 'NoSuchKey') return undefined
    throw error
  }
}

/** Which bytes of a value are read. */
export interface Part {
  readonly start: number
  readonly length: number
  readonly etag: string
}

/** The header that asks for a range, which HTTP has for ranges that hold a byte. */
export function headerOf(range: Range): string | undefined {
  const { start = 0, end, suffix } = range as { start?: number; end?: number; suffix?: number }
  if (suffix !== undefined) return suffix === 0 ? undefined : `bytes=-${suffix}`
  if (end === undefined) return `bytes=${start}-`
  return start < end ? `bytes=${start}-${end - 1}` : undefined
}

/** What the server is about to send, which must be what was asked for. Ends the transfer of anything else. */
export function partOf({ output, cancel }: OpenedObject, range: Range | undefined): Part {
  const { ContentLength: length, ContentRange, ETag: etag = '' } = output
  try {
    if (length === undefined) throw damaged('the server does not tell the length of the value')
    if (range === undefined || length === 0) return { start: 0, length, etag }
    const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange ?? '')?.map(Number) ?? []
    if (from === undefined || to === undefined || size === undefined)
      throw damaged('the server does not tell which range it sends')
    const { start, end } = resolveRange(range, size)
    if (from !== start || to + 1 !== end || length !== end - start)
      throw damaged('the server sends another range than was asked for')
    return { start, length, etag }
  } catch (error) {
    cancel()
    throw error
  }
}

export function damaged(detail: string): StoreError {
  return new StoreError('Corrupt', detail)
}
