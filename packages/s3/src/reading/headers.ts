import type { InputOf, OutputOf } from '../service/sdk.ts'

/** Under what name the metadata of an object tells which write it comes from. */
export const MARK = 'kvdol-write'

const NAMES = [
  'ContentType',
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'Metadata',
] as const

type Name = (typeof NAMES)[number]

/** What is kept with an object beside its bytes, as the requests of S3 have it. */
export type ObjectHeaders = Pick<InputOf<'PutObject'>, Name>

/** What an answer tells of what is kept with the object, without what marks its write. */
export function headersOf(output: Pick<OutputOf<'HeadObject'>, Name>): ObjectHeaders {
  const { Metadata: { [MARK]: _, ...metadata } = {} } = output
  const Metadata = Object.keys(metadata).length > 0 ? metadata : undefined
  const headers = { ...output, Metadata }
  return Object.fromEntries(
    NAMES.filter(name => headers[name] !== undefined).map(name => [name, headers[name]]),
  )
}
