/** The SDK. It is loaded at the first call, so that importing this package costs no time for it. */
export type Sdk = typeof import('@aws-sdk/client-s3')

/** Loads the SDK. */
export async function loadSdk(): Promise<Sdk> {
  return named(await import('@aws-sdk/client-s3'), 'S3Client')
}

/** A module with this name in it: bundlers that make chunks may give what is no ES module as `default` only. */
export function named<M extends object>(module: M, name: keyof M): M {
  return name in module ? module : (module as unknown as { readonly default: M }).default
}

/** The requests that this package makes. */
export type OperationName =
  | 'AbortMultipartUpload'
  | 'CompleteMultipartUpload'
  | 'CopyObject'
  | 'CreateBucket'
  | 'CreateMultipartUpload'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'GetObject'
  | 'HeadObject'
  | 'ListBuckets'
  | 'ListObjectsV2'
  | 'PutObject'
  | 'RestoreObject'
  | 'UploadPart'

export type CommandOf<N extends OperationName> = InstanceType<Sdk[`${N}Command`]>

/** What a request needs. */
export type InputOf<N extends OperationName> = CommandOf<N>['input']

/** What its answer tells. */
export type OutputOf<N extends OperationName> = Awaited<
  ReturnType<ReturnType<CommandOf<N>['resolveMiddleware']>>
>['output']

/** The request of this name as the SDK has it. */
export function commandOf<N extends OperationName>(sdk: Sdk, name: N, input: InputOf<N>): CommandOf<N> {
  const Command = sdk[`${name}Command`] as unknown as new (input: InputOf<N>) => CommandOf<N>
  return new Command(input)
}
