import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface SignedRequest {
  readonly method: string
  /** As it came over the wire, with the query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
}

/** Whether a request is signed with the secret, by the rules of AWS Signature Version 4 for S3: the raw path counts. */
export function isSigned({ method, target, headers }: SignedRequest, secret: string): boolean {
  const parts =
    /Credential=[^/]+\/(\d{8}\/[^/]+\/s3\/aws4_request), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})/.exec(
      headers.authorization ?? '',
    )
  if (parts === null) return false
  const [, scope = '', names = '', signature] = parts
  const [path = '', query = ''] = target.split('?', 2)
  const canonical = [
    method,
    path,
    query
      .split('&')
      .map(pair => (pair.includes('=') || pair === '' ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...names.split(';').map(name => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n')
  const hash = createHash('sha256').update(canonical).digest('hex')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash].join('\n')
  const key = scope.split('/').reduce<Buffer | string>((key, part) => hmac(key, part), `AWS4${secret}`)
  return hmac(key, text).toString('hex') === signature
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
