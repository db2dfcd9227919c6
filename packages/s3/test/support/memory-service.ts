import { createHash, randomUUID } from 'node:crypto'

export interface StoredObject {
  readonly body: Buffer
  readonly etag: string
  readonly modified: Date
  readonly headers: Readonly<Record<string, string>>
}

/** The objects of one bucket, and its uploads that are not completed. */
export class MemoryBucket {
  readonly objects = new Map<string, StoredObject>()
  readonly uploads = new Map<
    string,
    { name: string; headers: Record<string, string>; parts: Map<number, Buffer> }
  >()

  put(name: string, body: Buffer, headers: Record<string, string> = {}, etag = md5(body)): StoredObject {
    const object = { body, etag: `"${etag}"`, modified: new Date(), headers }
    this.objects.set(name, object)
    return object
  }

  begin(name: string, headers: Record<string, string>): string {
    const id = randomUUID()
    this.uploads.set(id, { name, headers, parts: new Map() })
    return id
  }

  /** Names with a prefix, in the order of their UTF-8 bytes. */
  names(prefix: string): string[] {
    const found = [...this.objects.keys()].filter(name => name.startsWith(prefix))
    return found.map(bytesOf).sort().map(nameOf)
  }
}

/** A string of the bytes of a name, so that the order of strings is that of bytes. */
function bytesOf(name: string): string {
  return Buffer.from(name).toString('latin1')
}

function nameOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}

export class MemoryService {
  readonly buckets = new Map<string, MemoryBucket>()

  bucket(name: string): MemoryBucket {
    const known = this.buckets.get(name)
    if (known !== undefined) return known
    const made = new MemoryBucket()
    this.buckets.set(name, made)
    return made
  }
}

export function md5(body: Buffer): string {
  return createHash('md5').update(body).digest('hex')
}
