import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { beforeAll } from 'vitest'
import type { Connection, PresetName } from '../../src/index.ts'

/** How to reach the server of an address such as `http://ACCESS:SECRET@127.0.0.1:9000`. */
export function connectionOf(address: string, preset: PresetName): Connection {
  const url = new URL(address)
  const [accessKeyId, secretAccessKey] = [url.username, url.password].map(decodeURIComponent) as [
    string,
    string,
  ]
  return { preset, endpoint: url.origin, credentials: { accessKeyId, secretAccessKey } }
}

/** A client of its own, to look behind a store. */
export function adminOf(address: string): S3Client {
  const { endpoint, credentials } = connectionOf(address, 'minio')
  return new S3Client({
    endpoint: endpoint as string,
    region: 'us-east-1',
    forcePathStyle: true,
    ...(credentials && { credentials }),
  })
}

/** A bucket of its own, made before the tests and removed with all that is in it. */
export function newBucket(admin: S3Client): { readonly name: string; remove(): Promise<void> } {
  const name = `kvdol-${randomUUID()}`
  const made = admin.send(new CreateBucketCommand({ Bucket: name }))
  beforeAll(() => made)
  return { name, remove: () => removeBucket(admin, name) }
}

export async function removeBucket(admin: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await admin.send(new ListObjectsV2Command({ Bucket }))
    if (Contents.length === 0) break
    const Objects = Contents.map(({ Key = '' }) => ({ Key }))
    await admin.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
  }
  await admin.send(new DeleteBucketCommand({ Bucket }))
}
