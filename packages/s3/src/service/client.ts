import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { opened, type Resource } from '@kvdol/core/adapter'
import type { Target } from './connection.ts'
import { type Connections, connectionsOf } from './connections.ts'
import { credentialsFor, type Note, noting } from './credentials.ts'
import { loadSdk, type Sdk } from './sdk.ts'

/** What a store needs of a client; the `S3Client` of `@aws-sdk/client-s3` has it. */
export type BucketClient = Pick<S3Client, 'send'>

/** The SDK, and a client of it. */
interface Connected {
  readonly sdk: Sdk
  readonly client: BucketClient
}

/** The way to a service. The SDK is loaded and a client opened at the first call. */
export interface Link {
  readonly connected: Resource<Connected>
  readonly connections: Connections
  /** What no message and no cause may tell, as far as it has become known. */
  secrets(): Iterable<string>
}

/** The caller's client, or how to open one. */
export type Origin = { readonly client: BucketClient } | { readonly target: Target }

/** Most connections of one client: a batch of reads is to wait for the server and not for a socket. */
const MAX_SOCKETS = 128

/** Most connections of a client that the SDK makes by itself. */
const SDK_SOCKETS = 50

/** Longest wait for a connection, in milliseconds. */
const CONNECT = 10_000

/** The way to the service of a store. A client of the caller stays open when it is closed. */
export function linkTo(from: Origin, timeout: number): Link {
  const secrets = new Set<string>()
  const connected =
    'client' in from
      ? opened(
          async (): Promise<Connected> => ({ sdk: await loadSdk(), client: from.client }),
          () => {},
        )
      : opened(
          async () => openClient(await loadSdk(), from.target, timeout, secret => secrets.add(secret)),
          ({ client }) => client.destroy(),
        )
  const connections = connectionsOf('client' in from ? socketsOf(from.client) : MAX_SOCKETS)
  return { connected, connections, secrets: () => secrets }
}

/** How many connections a client of the caller has, as far as it tells. */
function socketsOf(client: object): number {
  const { config } = client as { config?: { requestHandler?: { httpHandlerConfigs?(): Agents } } }
  const { httpAgent, httpsAgent } = config?.requestHandler?.httpHandlerConfigs?.() ?? {}
  return Math.min(httpAgent?.maxSockets ?? SDK_SOCKETS, httpsAgent?.maxSockets ?? SDK_SOCKETS)
}

interface Agents {
  readonly httpAgent?: { readonly maxSockets?: number }
  readonly httpsAgent?: { readonly maxSockets?: number }
}

function openClient(
  sdk: Sdk,
  target: Target,
  timeout: number,
  note: Note,
): { readonly sdk: Sdk; readonly client: S3Client } {
  const client = new sdk.S3Client(configOf(target, timeout, credentialsFor(target.credentials, note)))
  // Where none were given the SDK has found out by itself how to get them.
  if (target.credentials === undefined && !target.anonymous)
    client.config.credentials = noting(client.config.credentials, note)
  return { sdk, client }
}

function configOf(
  { service, endpoint, region, anonymous }: Target,
  timeout: number,
  credentials: S3ClientConfig['credentials'],
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
    ...(credentials !== undefined && { credentials }),
    ...(anonymous && UNSIGNED),
  }
}

const UNSIGNED: S3ClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: request => Promise.resolve(request) },
}
