import type { S3Client } from '@aws-sdk/client-s3'
import { collectBytes } from '@kvdol/core/adapter'
import { type Failure, OtherServer, statusOf } from '../errors.ts'
import type { BucketClient } from './client.ts'
import { CODES } from './codes.ts'
import type { CommandOf, OperationName, OutputOf } from './sdk.ts'

/** The parts of an answer without a body that only a service of this kind sends. */
interface Told {
  readonly $metadata: {
    readonly httpStatusCode?: number | undefined
    readonly requestId?: string | undefined
  }
}

const hasEtag = ({ ETag }: { readonly ETag?: string | undefined }): boolean => ETag !== undefined
/** An answer without content: 202 or 204, or with the identity that S3 gives to each request. */
const isEmpty = ({ $metadata }: Told): boolean =>
  $metadata.httpStatusCode !== 200 || $metadata.requestId !== undefined

/**
 * How an answer of success shows that it comes from S3. The page of a portal, a proxy or a gateway has status 200 too,
 * and the SDK takes it for an answer in which everything is left out.
 */
const SHOWN: { readonly [N in OperationName]: (output: OutputOf<N>) => boolean } = {
  AbortMultipartUpload: isEmpty,
  CompleteMultipartUpload: hasEtag,
  CopyObject: ({ CopyObjectResult: result }) => result?.ETag !== undefined,
  // What is not there is told by the next request.
  CreateBucket: () => true,
  CreateMultipartUpload: ({ UploadId }) => UploadId !== undefined,
  DeleteObject: isEmpty,
  // An answer in which nothing failed has no field; see watchRoot.
  DeleteObjects: () => true,
  GetObject: hasEtag,
  HeadObject: output => hasEtag(output) && output.ContentLength !== undefined,
  ListBuckets: ({ Buckets, Owner }) => (Buckets ?? Owner) !== undefined,
  ListObjectsV2: ({ IsTruncated, KeyCount, Contents, CommonPrefixes }) =>
    (IsTruncated ?? KeyCount ?? Contents ?? CommonPrefixes) !== undefined,
  PutObject: hasEtag,
  RestoreObject: isEmpty,
  UploadPart: hasEtag,
}

/** Throws what {@link explained} knows when an answer of success is none of S3. */
export function assertAnswer<N extends OperationName>(name: N, output: OutputOf<N>): void {
  const isShown: (output: OutputOf<N>) => boolean = SHOWN[name]
  if (!isShown(output)) throw unexpected(output.$metadata.httpStatusCode)
}

function unexpected(httpStatusCode: number | undefined): Error {
  return Object.assign(new Error('the answer is not one of S3'), {
    name: 'NotS3',
    $metadata: { httpStatusCode },
  })
}

/** Refusals that mean the same from any server. */
const PLAIN = [408, 412, 413, 416, 429]
const SIGN_IN_PAGE = 511

/** Whether a failure comes from a portal, a proxy or some web server: nothing in the answer tells that it is of S3. */
function isForeign(error: unknown): boolean {
  const { name, Code, $metadata, $response } = Object(error) as Failure
  const status = statusOf(error)
  if (name === 'NotS3' || status === SIGN_IN_PAGE) return true
  if (status === undefined || status >= 500 || PLAIN.includes(status)) return false
  const told = Code ?? $metadata?.requestId ?? $response?.headers?.['x-amz-bucket-region']
  return told === undefined && !Object.hasOwn(CODES, String(name))
}

/**
 * The failure of a request; where something else than S3 is at the address, with that address and what to do: the page
 * of a portal or a proxy, some web server, http where https is spoken or the reverse.
 */
export async function explained(error: unknown, client: BucketClient): Promise<unknown> {
  const { endpoint } = (client as Partial<S3Client>).config ?? {}
  const { protocol, hostname, port, path = '/' } = (await endpoint?.()) ?? {}
  const address = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path === '/' ? '' : path}`
  const place = hostname === undefined ? 'at the address' : `at ${address}`
  const code = String((Object(error) as Failure).code)
  if (/^(?:HPE_|EPROTO$|ERR_SSL_)/.test(code))
    return new OtherServer('OtherProtocol', `what answers ${place} speaks another protocol: ${CHECK}`, error)
  if (code === 'ECONNRESET' && protocol === 'http:')
    return new OtherServer('NoAnswer', `no answer came from ${address}; if it always is so, ${CHECK}`, error)
  if (!isForeign(error)) return error
  const through = 'and whether a proxy or a sign-in page is in between'
  return new OtherServer('NotS3', `what answers ${place} is not S3: ${CHECK}, ${through}`, error)
}

const CHECK = 'check http and https, the host and the port'

/** How many bytes of an answer are searched for its root element. */
const HEAD = 500

const ROOT = /^[^<]*(?:<\?[^>]*>\s*)?<(?:\w+:)?(?:DeleteResult|Error)[\s/>]/

/** Makes a request fail whose answer, of status 200, has another root element than it must have. */
export function watchRoot(command: CommandOf<'DeleteObjects'>): void {
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args)
      const response = result.response as {
        statusCode?: number
        body: AsyncIterable<Uint8Array> | Uint8Array
      }
      if (response.statusCode !== 200) return result
      // Given on as it was read, since a stream is read only once.
      response.body = await collectBytes(
        response.body instanceof Uint8Array ? [response.body] : response.body,
      )
      if (!ROOT.test(new TextDecoder().decode(response.body.subarray(0, HEAD)))) throw unexpected(200)
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'kvdolRootElement' },
  )
}
