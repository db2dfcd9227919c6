import { collectBytes } from '@kvdol/core/adapter'
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

/** Throws what the table of `codes.ts` knows by its status when an answer is none of S3. */
export function assertAnswer<N extends OperationName>(name: N, output: OutputOf<N>): void {
  const isShown: (output: OutputOf<N>) => boolean = SHOWN[name]
  if (!isShown(output)) throw unexpected(output.$metadata.httpStatusCode)
}

function unexpected(status = 200): Error {
  const error = new Error('the answer is not one of S3')
  return Object.assign(error, { name: 'UnexpectedAnswer', $metadata: { httpStatusCode: status } })
}

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
      if (!ROOT.test(new TextDecoder().decode(response.body.subarray(0, HEAD)))) throw unexpected()
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'kvdolRootElement' },
  )
}
