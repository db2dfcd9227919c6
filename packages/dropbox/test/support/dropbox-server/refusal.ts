/** An answer of the service that is no success. */
export class Refusal extends Error {
  readonly status: number
  readonly body: unknown
  readonly headers: Record<string, string>

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`refused with ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** A refusal as the service words it: `'path/not_found'` becomes a summary with dots and nested tags. */
export function refused(tag: string, more: object = {}, status = 409): Refusal {
  const nested = tag
    .split('/')
    .reverse()
    .reduce<object>(
      (inner, name, index) => (index === 0 ? { '.tag': name, ...more } : { '.tag': name, [name]: inner }),
      {},
    )
  return new Refusal(status, { error_summary: `${tag}/..`, error: nested })
}

/** Too many requests, as the service says it. */
export function limited(seconds: number, reason = 'too_many_requests'): Refusal {
  const body = {
    error_summary: `${reason}/..`,
    error: { reason: { '.tag': reason }, retry_after: seconds },
  }
  return new Refusal(429, body, { 'retry-after': String(seconds) })
}
