import {
  claimPlace,
  ENCODED,
  INTERNAL,
  lookAtMarker,
  type MarkerPort,
  PLAIN,
  type Preparation,
  preparation,
} from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { codeOf } from '../errors.ts'
import { isInternal } from '../naming/naming.ts'
import { getObject } from '../reading/read-object.ts'
import { request } from '../service/request.ts'

/**
 * Looks whether the bucket is there and in which way its keys are written, as the option `onMissingBucket` says. One
 * request answers both.
 */
export function preparationOf(context: BucketContext): Preparation {
  const { keys, onMissingBucket } = context.settings
  if (onMissingBucket === 'assume' && keys === 'plain') return preparation({ look: () => true })
  const port = markerPort(context)
  const format = keys === 'encoded' ? ENCODED : PLAIN
  return preparation({
    async look() {
      await lookAtMarker(port, format)
      return true
    },
    async make() {
      return (await claimPlace(port, format)).settled
    },
  })
}

/**
 * The object `.kvdol` under the prefix of a store, which tells how its keys are written. It is made exclusively where
 * the service decides `ifAbsent` by itself; elsewhere two stores that are opened at the same moment may both make it.
 */
function markerPort(context: BucketContext): MarkerPort {
  const { bucket, settings } = context
  const { prefix, keys, onMissingBucket } = settings
  const object = place(context, INTERNAL)
  const exclusive = settings.conditions.includes('ifAbsent') ? { IfNoneMatch: '*' } : {}

  return {
    place: prefix === '' ? 'the bucket' : `the prefix ${prefix}`,
    async read() {
      try {
        return await getObject(context, INTERNAL, {})
      } catch (error) {
        // Those who may not list are not told that the mark is absent.
        if (codeOf(error) === 'AccessDenied') return undefined
        if (codeOf(error) !== 'NoSuchBucket' || onMissingBucket !== 'create') throw error
        await createBucket(context)
        return undefined
      }
    },
    async create(bytes) {
      try {
        await request(context, 'PutObject', { ...inputFor(bytes), ...exclusive })
        return true
      } catch (error) {
        if (['PreconditionFailed', 'ConditionalRequestConflict'].includes(codeOf(error) ?? '')) return false
        // Plain keys need no mark, and some may write only what has other names.
        if (keys === 'plain' && codeOf(error) === 'AccessDenied') return true
        throw error
      }
    },
    replace: async bytes => void (await request(context, 'PutObject', inputFor(bytes))),
    async remove() {
      await request(context, 'DeleteObject', object).catch((error: unknown) => {
        // A mark of plain keys that stays is in nobody's way but that of encoded keys.
        if (codeOf(error) !== 'AccessDenied') throw error
      })
    },
    async isUsed() {
      try {
        const input = { Bucket: bucket, Prefix: prefix, MaxKeys: 10 }
        const { Contents = [] } = await request(context, 'ListObjectsV2', input)
        return Contents.some(({ Key = '' }) => Key !== prefix && !isInternal(Key.slice(prefix.length)))
      } catch (error) {
        if (codeOf(error) !== 'AccessDenied') throw error
        return keys === 'plain'
      }
    },
  }

  function inputFor(bytes: Uint8Array) {
    return { ...object, Body: bytes, ContentLength: bytes.byteLength, ContentType: 'application/json' }
  }
}

/** Makes the bucket; that somebody of the same account was faster is fine. */
async function createBucket(context: BucketContext): Promise<void> {
  try {
    await request(context, 'CreateBucket', { Bucket: context.bucket })
  } catch (error) {
    if (codeOf(error) !== 'BucketAlreadyOwnedByYou') throw error
  }
}
