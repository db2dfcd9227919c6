import type { DriverWriteOptions } from '@kvdol/core'
import { mediaType, type Option, type OptionsOf, option, writeSettingsOf } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { statusOf } from '../errors.ts'
import { headersOf, MARK, type ObjectHeaders } from '../reading/headers.ts'
import { request } from '../service/request.ts'
import { mediaTypeOf } from './media-types.ts'

/** A header of HTTP keeps visible characters of ASCII, without spaces at its ends. */
const isHeader = (value: unknown) => typeof value === 'string' && /^[!-~](?:[ -~]*[!-~])?$/.test(value)

const header = (example: string): Option<string> =>
  option(`a header such as '${example}', of visible ASCII`, isHeader)

/** Most bytes of all metadata, names and values, that S3 keeps with an object. */
const MOST_METADATA = 2048

/** What a write takes besides its conditions. It is kept with the object, told by `stat`, and given to HTTP clients. */
export const WRITE_OPTIONS = {
  /** Media type of the value. */
  contentType: mediaType,
  /** How long and where copies may be kept: `'public, max-age=3600'`. */
  cacheControl: header('public, max-age=3600'),
  /** Whether a browser shows or saves the value, and under what name: `'attachment; filename="a.pdf"'`. */
  contentDisposition: header('attachment'),
  /** What was done to the bytes of the value, and is undone by a browser: `'gzip'`. */
  contentEncoding: header('gzip'),
  /** Texts by name: names of lower-case letters, digits, `.`, `_` and `-`, texts of visible ASCII, 2 KiB in all. */
  metadata: option<Readonly<Record<string, string>>>(
    `a record of at most ${MOST_METADATA} bytes: names of lower-case letters, digits, . _ and -, texts of visible ASCII`,
    isMetadata,
  ),
}

/** What `set` and `writeStream` of {@link bucket} take besides `contentType`. */
export type BucketWriteOptions = Omit<OptionsOf<typeof WRITE_OPTIONS>, 'contentType'>

function isMetadata(value: unknown): boolean {
  if (Object.prototype.toString.call(value) !== '[object Object]') return false
  const entries = Object.entries(value as object)
  const fits = ([name, text]: readonly [string, unknown]) =>
    /^[a-z0-9._-]+$/.test(name) && name !== MARK && isHeader(text)
  return entries.every(fits) && entries.flat().join('').length <= MOST_METADATA
}

/**
 * What is kept with the object of a write: what its options say; else, where the store keeps it, what the object has
 * that is replaced; else a media type by the key, where the store gives one.
 */
export async function headersFor(
  context: BucketContext,
  name: string,
  options: DriverWriteOptions,
): Promise<ObjectHeaders> {
  const { contentTypes, keepMetadata } = context.settings
  const asked = Object.keys(WRITE_OPTIONS).some(each => options[each as 'contentType'] !== undefined)
  const told = asked ? headersOfOptions(options) : {}
  if (told.ContentType !== undefined || (contentTypes === undefined && !keepMetadata)) return told
  const replaced =
    !asked && keepMetadata && options.ifAbsent !== true
      ? await replacedHeaders(context, name, options)
      : undefined
  return replaced ?? { ...told, ...guessed(context, name) }
}

function headersOfOptions(options: DriverWriteOptions): ObjectHeaders {
  const { contentType, cacheControl, contentDisposition, contentEncoding, metadata } = writeSettingsOf(
    WRITE_OPTIONS,
    options,
  )
  return {
    ...(contentType !== undefined && { ContentType: contentType }),
    ...(cacheControl !== undefined && { CacheControl: cacheControl }),
    ...(contentDisposition !== undefined && { ContentDisposition: contentDisposition }),
    ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }),
    ...(metadata !== undefined && { Metadata: { ...metadata } }),
  }
}

function guessed({ naming, settings }: BucketContext, name: string): ObjectHeaders {
  const { contentTypes } = settings
  const key = naming.keyOf(name)
  if (contentTypes === undefined || key === undefined) return {}
  const type = typeof contentTypes === 'function' ? contentTypes(key) : mediaTypeOf(key)
  return type === undefined ? {} : { ContentType: type }
}

/** What is kept with the object that a write replaces; `undefined` when there is none. */
async function replacedHeaders(
  context: BucketContext,
  name: string,
  { signal }: DriverWriteOptions,
): Promise<ObjectHeaders | undefined> {
  try {
    return headersOf(await request(context, 'HeadObject', place(context, name), signal))
  } catch (error) {
    // A missing bucket is told by the write.
    if (statusOf(error) === 404) return undefined
    throw error
  }
}
