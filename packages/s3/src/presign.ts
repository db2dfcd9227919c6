import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { type AnyReader, innerKey, type KeyOf, StoreError } from '@kvdol/core'
import { openClient } from './client.ts'
import { type Context, type ObjectPlace, place } from './context.ts'
import { contexts } from './contexts.ts'
import { toStoreError } from './errors.ts'

export interface PresignOptions {
  /** @default 'GET' */
  method?: 'GET' | 'HEAD' | 'PUT' | 'DELETE' | undefined
  /**
   * How long the address is good for, in seconds; S3 has no more than a week, to which longer times are shortened.
   * @default 3600
   */
  expiresIn?: number | undefined
}

const COMMANDS = {
  GET: (object: ObjectPlace) => new GetObjectCommand(object),
  HEAD: (object: ObjectPlace) => new HeadObjectCommand(object),
  PUT: (object: ObjectPlace) => new PutObjectCommand(object),
  DELETE: (object: ObjectPlace) => new DeleteObjectCommand(object),
} as const

/** A week, in seconds. */
const LONGEST = 7 * 24 * 60 * 60

/**
 * An address with which anybody can do one thing to one object for a while; `undefined` for a store that is anonymous,
 * as there is nobody to sign. Takes a key of the store through any transforms. Whether there is such an object is not
 * looked at.
 *
 * Needs `@aws-sdk/s3-request-presigner`. Rejects `InvalidKey` as the store does, `InvalidArgument` for bad options, and
 * `Unsupported` for a store of another kind or when the package is not installed.
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
  const context = contexts.behind(store, 'presign')
  const { commandFor, expiresIn } = choices(options)
  const name = context.naming.nameOf(innerKey(store, key) as string)
  const { from } = context.settings
  if ('target' in from && from.target.anonymous) return undefined
  const sign = await signer()
  // Signing is the same for all of them.
  const command = commandFor(place(context, name)) as GetObjectCommand
  try {
    return await sign(clientOf(context), command, { expiresIn })
  } catch (error) {
    throw toStoreError(error, context.secrets).with({ op: 'presign', key, store: 's3' })
  }
}

function choices({ method = 'GET', expiresIn = 3600, ...others }: PresignOptions) {
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw invalid(`there is no option ${unknown}; there is method and expiresIn`)
  if (!Object.hasOwn(COMMANDS, method)) throw invalid(`method is one of ${Object.keys(COMMANDS).join(', ')}`)
  if (!Number.isSafeInteger(expiresIn) || expiresIn < 1)
    throw invalid('expiresIn is a whole number of seconds')
  return { commandFor: COMMANDS[method], expiresIn: Math.min(expiresIn, LONGEST) }
}

const clients = new WeakMap<Context, S3Client>()

/** A client that signs without the checksum of a body that nobody has yet. */
function clientOf(context: Context): S3Client {
  const { from, service, timeout } = context.settings
  if ('client' in from) return from.client as S3Client
  const known = clients.get(context)
  if (known !== undefined) return known
  const { client } = openClient({ ...from.target, service: { ...service, checksums: false } }, timeout)
  clients.set(context, client)
  return client
}

type Sign = typeof import('@aws-sdk/s3-request-presigner')['getSignedUrl']

async function signer(): Promise<Sign> {
  try {
    return (await import('@aws-sdk/s3-request-presigner')).getSignedUrl
  } catch (cause) {
    throw new StoreError('Unsupported', 'presign needs npm install @aws-sdk/s3-request-presigner', {
      op: 'presign',
      cause,
    })
  }
}

function invalid(detail: string): StoreError {
  return new StoreError('InvalidArgument', detail, { op: 'presign' })
}
