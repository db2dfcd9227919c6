import { createHash } from 'node:crypto'
import { type MaybePromise, StoreError } from '@kvdol/core'
import { whenReady } from '@kvdol/core/adapter'
import type { Headers } from './request.ts'

/** Headers that go with every request, or a function that gives them for a URL, for tokens that change. */
export type HeadersOption = Headers | ((url: string) => MaybePromise<Headers>)

/** Headers that this package or the transport decides. */
const RESERVED =
  /^(?:accept-encoding|connection|content-length|expect|host|if-.*|keep-alive|range|te|trailer|transfer-encoding|upgrade)$/

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

const DEFAULTS: Headers = { 'user-agent': 'kvdol', accept: '*/*' }

/** Whether these can be headers of a request. */
export function isHeaders(value: unknown): boolean {
  if (Object.prototype.toString.call(value) !== '[object Object]') return false
  return Object.entries(value as object).every(
    ([name, each]) =>
      NAME.test(name) && !RESERVED.test(name.toLowerCase()) && typeof each === 'string' && VALUE.test(each),
  )
}

/** What the caller wants sent to the server of a URL, with names in lower case. */
export function headersFor({ headers }: { headers: HeadersOption }, url: URL): MaybePromise<Headers> {
  if (typeof headers !== 'function') return lowered(headers)
  return whenReady(headers(url.href), given => {
    if (isHeaders(given)) return lowered(given)
    throw new StoreError('InvalidArgument', 'headers gave something that cannot be headers of a request')
  })
}

function lowered(headers: Headers): Headers {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return { ...DEFAULTS, ...Object.fromEntries(own) }
}

/** For whom the headers ask, so that what was given to one is never given to another; `''` for nobody in particular. */
export function identityOf(headers: Headers): string {
  const named = Object.entries(headers).map(([name, value]) => `${name.toLowerCase()}: ${value}`)
  if (named.length === 0) return ''
  return createHash('sha256').update(named.sort().join('\n')).digest('hex').slice(0, 32)
}

/** The parts of headers that no message may show. */
export function secretsOf(headers: HeadersOption): string[] {
  if (typeof headers === 'function') return []
  return Object.values(headers).flatMap(value => [
    value,
    ...value.split(/[\s;,=]+/).filter(({ length }) => length > 7),
  ])
}
