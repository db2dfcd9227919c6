import { S3Client } from '@aws-sdk/client-s3'
import {
  type ByteStore,
  mapKeys,
  pipe,
  type Reader,
  type Store,
  template,
  textValues,
  type WritesWith,
} from '@kvdol/core'
import {
  type BucketOptions,
  type BucketWriteOptions,
  bucket,
  buckets,
  type PresetName,
  prefixes,
  type presets,
  presign,
  probe,
} from '../../src/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only when the two types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

const media = bucket('media', {
  prefix: 'a',
  connection: { preset: 'minio', endpoint: 'http://127.0.0.1:9000' },
})
same<typeof media, ByteStore & WritesWith<string, Uint8Array, BucketWriteOptions>>()
media.set('a', new Uint8Array(), {
  contentType: 'text/html',
  cacheControl: 'no-cache',
  metadata: { origin: 'form' },
})
// @ts-expect-error: texts only
media.set('a', new Uint8Array(), { metadata: { origin: 1 } })

const all = buckets({ preset: 'aws' })
same<typeof all, Reader<string, Store<string, Uint8Array>>>()

const films = pipe(media, mapKeys(template('{year:int}/{name}.mp4')), textValues())
presign(films, { year: 1999, name: 'intro' })
// @ts-expect-error: the key is one of the view
presign(films, '1999/intro.mp4')
// @ts-expect-error: a store of strings has no such prefix
prefixes(media, ['a'])

same<PresetName, keyof typeof presets>()
// @ts-expect-error: no such preset
bucket('media', { connection: { preset: 'azure' } })
// @ts-expect-error: no such option
bucket('media', { bucket: 'other' })
// @ts-expect-error: no such condition
bucket('media', { conditions: ['ifNothing'] })

bucket('media', { client: new S3Client({}), conditions: await probe('media') })
const options: BucketOptions = { keys: 'encoded' }
same<typeof options.keys, 'plain' | 'encoded' | undefined>()
