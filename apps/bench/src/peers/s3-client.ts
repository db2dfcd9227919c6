import { randomBytes } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { IN_FLIGHT } from '../in-flight.ts'

/** A client of the SDK for a server at an address that holds the credentials. */
export function s3Client(url: string): S3Client {
  const { username, password, origin } = new URL(url)
  return new S3Client({
    endpoint: origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: username, secretAccessKey: password },
    requestHandler: { httpsAgent: { maxSockets: IN_FLIGHT }, httpAgent: { maxSockets: IN_FLIGHT } },
  })
}

/** A new bucket; gives its name. */
export async function newBucket(client: S3Client): Promise<string> {
  const name = `bench-${randomBytes(4).toString('hex')}`
  await client.send(new CreateBucketCommand({ Bucket: name }))
  return name
}
