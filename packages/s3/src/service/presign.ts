import type { S3Client } from '@aws-sdk/client-s3'
import { type AnyReader, type KeyOf, StoreError } from '@kvdol/core'
import { type OptionsOf, oneOf, runOn, wholeNumber } from '@kvdol/core/adapter'
import { contextOfDriver, place } from '../context.ts'
import { argumentsOf } from './arguments.ts'
import { type CommandOf, commandOf, named } from './sdk.ts'

const OPTIONS = {
  /** @default 'GET' */
  method: oneOf('GET', 'HEAD', 'PUT', 'DELETE').or('GET'),
  /**
   * How long the address is good for, in seconds; S3 has no more than a week, to which longer times are shortened.
   * @default 3600
   */
  expiresIn: wholeNumber(1).or(3600),
}

/** Options of {@link presign}. */
export type PresignOptions = OptionsOf<typeof OPTIONS>

const OPERATIONS = { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject', DELETE: 'DeleteObject' } as const

/** A week, in seconds. */
const LONGEST = 7 * 24 * 60 * 60

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
  const { method, expiresIn } = argumentsOf('presign', OPTIONS, options)
  const writes = method === 'PUT' || method === 'DELETE'
  return await runOn(store, { op: 'presign', writes, key }, async (driver, inner) => {
    const context = contextOfDriver(driver, 'presign')
    const object = place(context, context.naming.nameOf(inner as string))
    const { from } = context.settings
    if ('target' in from && from.target.anonymous) return undefined
    const sign = await signer()
    const { sdk, client } = await context.link.connected.get()
    // Signing is the same for all of them.
    const command = commandOf(sdk, OPERATIONS[method], object) as CommandOf<'GetObject'>
    return await sign(withoutChecksums(client as S3Client), command, {
      expiresIn: Math.min(expiresIn, LONGEST),
    })
  })
}

/** The same client, signing without the checksum of a body that nobody has yet. */
function withoutChecksums(client: S3Client): S3Client {
  const config = { ...client.config, requestChecksumCalculation: () => Promise.resolve('WHEN_REQUIRED') }
  return Object.create(client, { config: { value: config } }) as S3Client
}

type Sign = typeof import('@aws-sdk/s3-request-presigner')['getSignedUrl']

async function signer(): Promise<Sign> {
  try {
    return named(await import('@aws-sdk/s3-request-presigner'), 'getSignedUrl').getSignedUrl
  } catch (cause) {
    throw new StoreError('Unsupported', 'presign needs npm install @aws-sdk/s3-request-presigner', { cause })
  }
}
