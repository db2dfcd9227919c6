import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { readStream, writeStream } from '@kvdol/core'
import { bucket } from '@kvdol/s3'
import { s3Client } from '../peers/s3-client.ts'
import { count, FILM, film, total } from './film.ts'

/** Work in a bucket, whose address is that of the server with credentials, and the name; the streams use `film`. */
export const bucketWorks = {
  'raw-list-bucket': async (address: string) => {
    const { client, Bucket } = placeOf(address)
    let found = 0
    for await (const { KeyCount = 0 } of paginateListObjectsV2({ client }, { Bucket })) found += KeyCount
    return found
  },
  'our-list-bucket': async (address: string) => await count(storeOf(address).keys()),
  'raw-upload': async (address: string) => {
    const { client, Bucket } = placeOf(address)
    const Body = ReadableStream.from(film()) as ReadableStream
    await new Upload({ client, params: { Bucket, Key: 'film', Body } }).done()
    return FILM
  },
  'our-upload': async (address: string) => {
    await writeStream(storeOf(address), 'film', film())
    return FILM
  },
  'raw-download': async (address: string) => {
    const { client, Bucket } = placeOf(address)
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'film' }))
    return await total((Body ?? []) as AsyncIterable<Uint8Array>)
  },
  'our-download': async (address: string) => await total((await readStream(storeOf(address), 'film')) ?? []),
}

function placeOf(address: string) {
  return { client: s3Client(address), Bucket: new URL(address).pathname.slice(1) }
}

function storeOf(address: string) {
  const { client, Bucket } = placeOf(address)
  return bucket(Bucket, { client, preset: 'minio' })
}
