import type { S3Client } from '@aws-sdk/client-s3'
import type { DriverUrlOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { type CommandOf, commandOf, named } from './sdk.ts'

/** A week, in seconds. */
const LONGEST = 7 * 24 * 60 * 60

/** How long an address is good for unless it is asked otherwise, in seconds. */
export const LASTS = 3600

/** An address at which anybody can read an object for a while. */
export async function addressOf(
  context: BucketContext,
  name: string,
  { expiresIn = LASTS }: DriverUrlOptions,
): Promise<string> {
  const address = await signed(context, name, 'GetObject', expiresIn)
  if (address === undefined)
    throw new StoreError('Unsupported', 'the store is anonymous, so there is nobody to sign an address')
  return address
}

/** An address with which anybody can do this to an object for a while; `undefined` where there is nobody to sign. */
export async function signed(
  context: BucketContext,
  name: string,
  operation: 'GetObject' | 'HeadObject' | 'PutObject' | 'DeleteObject',
  expiresIn: number,
): Promise<string | undefined> {
  const { from } = context.settings
  if ('target' in from && from.target.anonymous) return undefined
  const sign = await signer()
  const { sdk, client } = await context.link.connected.get()
  // Signing is the same for all of them.
  const command = commandOf(sdk, operation, place(context, name)) as CommandOf<'GetObject'>
  return await sign(withoutChecksums(client as S3Client), command, {
    expiresIn: Math.min(expiresIn, LONGEST),
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
    throw new StoreError('Unsupported', 'signing needs npm install @aws-sdk/s3-request-presigner', { cause })
  }
}
