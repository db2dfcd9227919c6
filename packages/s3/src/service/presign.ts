import type { AnyReader, KeyOf } from '@kvdol/core'
import { callSettingsOf, type OptionsOf, oneOf, wholeNumber } from '@kvdol/core/adapter'
import { bucketStores } from '../context.ts'
import { LASTS, signed } from './address-of.ts'

const OPTIONS = {
  /** @default 'GET' */
  method: oneOf('GET', 'HEAD', 'PUT', 'DELETE').or('GET'),
  /**
   * How long the address is good for, in seconds; S3 has no more than a week, to which longer times are shortened.
   * @default 3600
   */
  expiresIn: wholeNumber(1).or(LASTS),
}

/** Options of {@link presign}. */
export type PresignOptions = OptionsOf<typeof OPTIONS>

const OPERATIONS = { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject', DELETE: 'DeleteObject' } as const

/**
 * An address with which anybody can do one thing to one object for a while; `undefined` for a store that is anonymous,
 * as there is nobody to sign. Takes a key of the store through any transforms. Whether there is such an object is not
 * looked at.
 *
 * Needs `@aws-sdk/s3-request-presigner`. Rejects `InvalidKey` as the store does, `InvalidArgument` for bad options,
 * `ReadOnly` for `PUT` and `DELETE` on a store that can only be read, and `Unsupported` for a store of another kind or
 * when the package is not installed.
 *
 * @example
 * ```ts
 * const films = pipe(bucket('media'), mapKeys(suffix('.mp4')))
 * await presign(films, 'intro', { expiresIn: 60 })
 * ```
 */
export async function presign<S extends AnyReader>(
  store: S,
  key: KeyOf<S>,
  options: PresignOptions = {},
): Promise<string | undefined> {
  const { method, expiresIn } = callSettingsOf('presign', OPTIONS, options)
  const writes = method === 'PUT' || method === 'DELETE'
  return await bucketStores.run(store, { op: 'presign', writes, key }, async (context, inner) => {
    return await signed(context, context.naming.nameOf(inner as string), OPERATIONS[method], expiresIn)
  })
}
