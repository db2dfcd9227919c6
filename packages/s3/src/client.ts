import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { Target } from './connection.ts'

/** What a store needs of a client; the `S3Client` of `@aws-sdk/client-s3` has it. */
export type BucketClient = Pick<S3Client, 'send'>

/** A client that this package opened, and the secrets it has come to know. */
export interface OwnClient {
  readonly client: S3Client
  readonly secrets: readonly string[]
  close(): void
}

/** At most so many connections; a batch of reads is to wait for the server and not for a socket. */
const MAX_SOCKETS = 128

/** Longest wait for a connection, in milliseconds. */
const CONNECT = 10_000

/** Opens a client. It touches nothing before the first request. */
export function openClient(target: Target, timeout: number): OwnClient {
  const secrets: string[] = []
  const client = new S3Client(configOf(target, timeout, secrets))
  return { client, secrets, close: () => client.destroy() }
}

function configOf(
  { service, endpoint, region, credentials, anonymous }: Target,
  timeout: number,
  secrets: string[],
): S3ClientConfig {
  const checksums = service.checksums ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED'
  const agent = { maxSockets: MAX_SOCKETS, keepAlive: true }
  return {
    forcePathStyle: service.pathStyle,
    followRegionRedirects: false,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestHandler: { connectionTimeout: Math.min(timeout, CONNECT), httpAgent: agent, httpsAgent: agent },
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials: observed(credentials, secrets) }),
    ...(anonymous && UNSIGNED),
  }
}

const UNSIGNED: S3ClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: request => Promise.resolve(request) },
}

type Credentials = NonNullable<S3ClientConfig['credentials']>

/** The same credentials, while their secrets are noted, so that no error tells them. */
function observed(credentials: Credentials, secrets: string[]): Credentials {
  if (typeof credentials !== 'function') {
    note(credentials, secrets)
    return credentials
  }
  return async (...options) => {
    const found = await credentials(...options)
    note(found, secrets)
    return found
  }
}

function note(
  { accessKeyId, secretAccessKey, sessionToken }: Awaited<ReturnType<Extract<Credentials, () => unknown>>>,
  secrets: string[],
): void {
  for (const secret of [accessKeyId, secretAccessKey, sessionToken])
    if (secret && !secrets.includes(secret)) secrets.push(secret)
}
