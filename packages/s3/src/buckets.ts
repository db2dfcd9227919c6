import { ListBucketsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { createStore, type Reader, type Store, StoreError } from '@kvdol/core'
import { bucket } from './bucket.ts'
import { openClient } from './client.ts'
import type { Connection } from './connection.ts'
import { codeOf, toStoreError } from './errors.ts'
import { BUCKET, type BucketOptions, settingsOf } from './options.ts'
import { ask, request } from './request.ts'

/** What every bucket is opened with. */
export type BucketsOptions = Omit<BucketOptions, 'connection' | 'client' | 'preset'>

/**
 * The buckets of a service by name, each as the store that {@link bucket} makes. They share one client, which is
 * closed with this reader.
 *
 * Throws `TypeError` for bad options; touches nothing before the first call.
 *
 * @example
 * ```ts
 * for await (const [name, store] of buckets({ preset: 'minio', endpoint })) console.log(name, await store.size())
 * ```
 */
export function buckets(
  connection: Connection = {},
  options: BucketsOptions = {},
): Reader<string, Store<string, Uint8Array>> {
  const settings = settingsOf('buckets', { ...options, connection })
  const { service, timeout, from } = settings
  if (!('target' in from)) throw new TypeError('buckets: the connection is { preset, endpoint, … }')
  const { client, secrets, close } = openClient(from.target, timeout)
  const requesting = { client, secrets, settings }

  return createStore<string, Store<string, Uint8Array>>({
    name: 's3-buckets',
    valueType: 'any',
    guarantees: { rejects: ['bucket-name'], maxKeyBytes: 255, multiProcess: true },
    get: async (name, { signal }) =>
      (await exists(name, signal)) ? bucket(name, { ...options, client, preset: service }) : undefined,
    has: (name, { signal }) => exists(name, signal),
    async *keys({ signal }) {
      let token: string | undefined
      do {
        const input = token === undefined ? {} : { ContinuationToken: token }
        const page = await ask(requesting, new ListBucketsCommand(input), signal)
        for (const { Name } of page.Buckets ?? []) if (Name !== undefined) yield Name
        if (page.ContinuationToken === token && token !== undefined)
          throw new StoreError('Corrupt', 'the server repeats a part of the listing for ever')
        token = page.ContinuationToken
      } while (token)
    },
    close,
  })

  /** A listing of one key tells more than HEAD, whose answer has no body. */
  async function exists(name: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (!BUCKET.test(name))
      throw new StoreError('InvalidKey', 'no bucket can have this name', { reason: 'bucket-name' })
    try {
      await request(requesting, new ListObjectsV2Command({ Bucket: name, MaxKeys: 1 }), signal)
      return true
    } catch (error) {
      if (codeOf(error) === 'NoSuchBucket') return false
      throw toStoreError(error, secrets)
    }
  }
}
