import type { Reader, Store } from '@kvdol/core'
import { createStore, type OptionsOf, StoreError, settingsOf } from '@kvdol/core/adapter'
import { storeOf } from '../bucket.ts'
import { contextOf } from '../context.ts'
import { codeOf, errorOf } from '../errors.ts'
import { nextToken } from '../listing/answers.ts'
import { BUCKET, bucketSettings, OPTIONS } from '../options.ts'
import { type Link, linkTo } from './client.ts'
import type { Connection } from './connection.ts'
import { request } from './request.ts'

const { connection: _, client: __, preset: ___, ...OWN } = OPTIONS

/** What every bucket is opened with. */
export type BucketsOptions = OptionsOf<typeof OWN>

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
  settingsOf('buckets', OWN, options)
  const settings = bucketSettings('buckets', { ...options, connection })
  const link = linkTo(settings.from, settings.timeout)
  const requesting = { link, settings }

  return createStore<string, Store<string, Uint8Array>>({
    name: 's3-buckets',
    valueType: 'any',
    guarantees: { rejects: ['bucket-name'], maxKeyBytes: 255, multiProcess: true },
    errorOf,
    secrets: () => link.secrets(),
    get: async (name, { signal }) =>
      (await exists(name, signal)) ? storeOf(contextOf(name, settings, shared(link))) : undefined,
    has: (name, { signal }) => exists(name, signal),
    async *keyPages({ signal }) {
      const seen = new Set<string>()
      let token: string | undefined
      do {
        const input = token === undefined ? {} : { ContinuationToken: token }
        const page = await request(requesting, 'ListBuckets', input, signal)
        yield (page.Buckets ?? []).map(({ Name = '' }) => Name)
        token = page.ContinuationToken === undefined ? undefined : nextToken(page.ContinuationToken, seen)
      } while (token !== undefined)
    },
    close: () => link.connected.close(),
  })

  /** A listing of one key tells more than HEAD, whose answer has no body. */
  async function exists(name: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (!BUCKET.test(name))
      throw new StoreError('InvalidKey', 'no bucket can have this name', { reason: 'bucket-name' })
    try {
      await request(requesting, 'ListObjectsV2', { Bucket: name, MaxKeys: 1 }, signal)
      return true
    } catch (error) {
      if (codeOf(error) === 'NoSuchBucket') return false
      throw error
    }
  }
}

/** The same way for one of several stores, which leaves it open. */
function shared(link: Link): Link {
  return { ...link, connected: { ...link.connected, close: async () => {} } }
}
