import type { ServerResponse } from 'node:http'
import type { Received } from './loopback.ts'
import { type MemoryBucket, type MemoryService, md5, type StoredObject } from './memory-service.ts'

/** Answers as S3 does. */
export function answer(service: MemoryService, received: Received, response: ServerResponse): true {
  const { method, bucket: name, query } = received
  if (name === '') {
    const all = [...service.buckets.keys()].map(each => `<Bucket><Name>${each}</Name></Bucket>`)
    return sendXml(
      response,
      `<ListAllMyBucketsResult><Buckets>${all.join('')}</Buckets></ListAllMyBucketsResult>`,
    )
  }
  if (received.name === '' && method === 'PUT') {
    service.bucket(name)
    return send(response, 200)
  }
  const bucket = service.buckets.get(name)
  if (bucket === undefined) return fail(response, 404, 'NoSuchBucket')
  if (received.name === '') {
    if (query.has('delete')) return deleteMany(bucket, received, response)
    return method === 'GET' ? list(bucket, received, response) : send(response, 200)
  }
  if (query.has('uploads') || query.has('uploadId')) return upload(bucket, received, response)
  const handlers = { GET: get, HEAD: get, PUT: put, DELETE: remove, POST: restore } as const
  return handlers[method as keyof typeof handlers](bucket, received, response)
}

export function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body: Buffer | string = '',
): true {
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers })
  response.end(response.req.method === 'HEAD' ? undefined : body)
  return true
}

export function sendXml(response: ServerResponse, xml: string, status = 200): true {
  return send(
    response,
    status,
    { 'content-type': 'application/xml' },
    `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
  )
}

export function fail(response: ServerResponse, status: number, code: string, message = 'no'): true {
  return sendXml(response, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`, status)
}

function get(bucket: MemoryBucket, { name, headers, method }: Received, response: ServerResponse): true {
  const object = bucket.objects.get(name)
  if (object === undefined) return fail(response, 404, 'NoSuchKey')
  if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag)
    return fail(response, 412, 'PreconditionFailed')
  const { body } = object
  const told = { etag: object.etag, 'last-modified': object.modified.toUTCString(), ...object.headers }
  const range = method === 'GET' ? /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') : null
  if (range === null) return send(response, 200, { ...told, 'content-length': String(body.length) }, body)
  const [, from = '', to = ''] = range
  const start = from === '' ? Math.max(0, body.length - Number(to)) : Number(from)
  const end = from === '' || to === '' ? body.length : Math.min(body.length, Number(to) + 1)
  if (start >= body.length) return fail(response, 416, 'InvalidRange')
  const part = { 'content-range': `bytes ${start}-${end - 1}/${body.length}` }
  return send(response, 206, { ...told, ...part }, body.subarray(start, end))
}

function put(bucket: MemoryBucket, { name, headers, body }: Received, response: ServerResponse): true {
  const found = bucket.objects.get(name)
  if (refuses(found, headers)) return fail(response, 412, 'PreconditionFailed')
  const source = headers['x-amz-copy-source']
  if (typeof source !== 'string')
    return send(response, 200, { etag: bucket.put(name, body, metadata(headers)).etag })
  const from = bucket.objects.get(decodeURIComponent(source).split('/').slice(1).join('/'))
  if (from === undefined) return fail(response, 404, 'NoSuchKey')
  const { etag } = bucket.put(name, from.body, { ...from.headers })
  return sendXml(response, `<CopyObjectResult><ETag>${etag}</ETag></CopyObjectResult>`)
}

function refuses(found: StoredObject | undefined, headers: Received['headers']): boolean {
  if (headers['if-none-match'] === '*' && found !== undefined) return true
  return headers['if-match'] !== undefined && headers['if-match'] !== found?.etag
}

function metadata(headers: Received['headers']): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) =>
    /^(x-amz-meta-|content-(?:type|encoding|disposition|language)$|cache-control$)/.test(name),
  )
  return Object.fromEntries(kept) as Record<string, string>
}

function remove(bucket: MemoryBucket, { name, headers }: Received, response: ServerResponse): true {
  const found = bucket.objects.get(name)
  if (headers['if-match'] !== undefined && headers['if-match'] !== found?.etag)
    return found === undefined ? fail(response, 404, 'NoSuchKey') : fail(response, 412, 'PreconditionFailed')
  bucket.objects.delete(name)
  return send(response, 204)
}

function restore(_: MemoryBucket, __: Received, response: ServerResponse): true {
  return send(response, 202)
}

function deleteMany(bucket: MemoryBucket, { body }: Received, response: ServerResponse): true {
  for (const [, key = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g))
    bucket.objects.delete(unescapeXml(key))
  return sendXml(response, '<DeleteResult></DeleteResult>')
}

function unescapeXml(text: string): string {
  const names: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
  return text.replaceAll(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (_, hex, decimal, name) =>
    name ? (names[name] as string) : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  )
}

function list(bucket: MemoryBucket, { query }: Received, response: ServerResponse): true {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const delimiter = query.get('delimiter')
  const most = Math.min(1000, Number(query.get('max-keys') ?? 1000))
  const entries = new Map<string, string>()
  let more = false
  for (const name of bucket.names(prefix)) {
    if (Buffer.compare(Buffer.from(name), Buffer.from(after)) <= 0) continue
    const cut = delimiter ? name.indexOf(delimiter, prefix.length) : -1
    const shown = cut < 0 ? name : name.slice(0, cut + 1)
    if (entries.has(shown) || (cut >= 0 && after.startsWith(shown))) continue
    if (entries.size === most) {
      more = true
      break
    }
    const text = encodeForm(shown)
    entries.set(
      shown,
      cut < 0
        ? `<Contents><Key>${text}</Key><Size>${bucket.objects.get(name)?.body.length}</Size></Contents>`
        : `<CommonPrefixes><Prefix>${text}</Prefix></CommonPrefixes>`,
    )
  }
  const last = [...entries.keys()].at(-1)
  const next = more && last ? `<NextContinuationToken>${escapeXml(last)}</NextContinuationToken>` : ''
  return sendXml(
    response,
    `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${more}</IsTruncated>${next}${[...entries.values()].join('')}</ListBucketResult>`,
  )
}

/** As AWS does: a space is a plus, and a slash stays. */
function encodeForm(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+').replaceAll('%2F', '/')
}

function escapeXml(text: string): string {
  return text.replaceAll(/[<>&"'\u0000-\u001f]/g, char => `&#x${char.charCodeAt(0).toString(16)};`)
}

function upload(bucket: MemoryBucket, received: Received, response: ServerResponse): true {
  const { method, query, name, headers, body } = received
  const id = query.get('uploadId')
  if (id === null) {
    const made = bucket.begin(name, metadata(headers))
    return sendXml(
      response,
      `<InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`,
    )
  }
  const begun = bucket.uploads.get(id)
  if (begun === undefined) return fail(response, 404, 'NoSuchUpload')
  if (method === 'PUT') {
    begun.parts.set(Number(query.get('partNumber')), body)
    return send(response, 200, { etag: `"${md5(body)}"` })
  }
  if (method === 'DELETE') {
    bucket.uploads.delete(id)
    return send(response, 204)
  }
  if (refuses(bucket.objects.get(name), headers)) return fail(response, 412, 'PreconditionFailed')
  const parts = [...begun.parts].sort(([a], [b]) => a - b).map(([, part]) => part)
  bucket.uploads.delete(id)
  const whole = Buffer.concat(parts)
  const { etag } = bucket.put(name, whole, begun.headers, `${md5(whole)}-${parts.length}`)
  return sendXml(
    response,
    `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`,
  )
}
