import { Readable } from 'node:stream'
import { timedOut } from './request.ts'

/** The body of an answer: a stream of Node, or of the web. */
interface Body extends AsyncIterable<Uint8Array> {
  on?(event: 'error', listener: () => void): unknown
  destroy?(error?: Error): unknown
}

/** What is open for one answer. */
export interface OpenBody {
  readonly body: unknown
  cancel(): void
}

/**
 * Takes the body of an answer into care at once: it may fail before anybody reads it, and an error that nobody listens
 * to ends the process.
 */
export function guardBody(body: unknown): void {
  ;(body as Body | undefined)?.on?.('error', () => {})
}

/**
 * The chunks of a body, waiting no longer than the timeout for each. Leaving them early ends the transfer, so that the
 * rest is not left in the connection.
 */
export async function* chunksOf(
  { body, cancel }: OpenBody,
  timeout: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = (body as Body)[Symbol.asyncIterator]()
  let ended = false
  let fail: (error: Error) => void = () => {}
  // One for all chunks. It may fire while nobody waits, which means nothing, and is wound up again by the next wait.
  const timer = setTimeout(() => fail(timedOut(timeout)), timeout)
  const next = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      fail = reject
      timer.refresh()
      iterator.next().then(resolve, reject)
    })
  try {
    for (;;) {
      const { done, value } = await next()
      if (done) break
      // Chunks of Node are Buffers, which are more than bytes.
      yield new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    }
    ended = true
  } finally {
    clearTimeout(timer)
    if (!ended) {
      cancel()
      ;(body as Body).destroy?.()
      // Not awaited: a stream of the web may hang, which may be why it is left.
      if ((body as Body).destroy === undefined) Promise.resolve(iterator.return?.()).catch(() => {})
    }
  }
}

/**
 * A short body at once, which is cheaper than chunk by chunk; `undefined` when it breaks, is shorter or longer than the
 * length, takes too long, or is no stream of Node.
 */
export function collect(
  { body, cancel }: OpenBody,
  length: number,
  timeout: number,
): Promise<Uint8Array | undefined> {
  if (!(body instanceof Readable)) return Promise.resolve(undefined)
  return new Promise(resolve => {
    const whole = new Uint8Array(length)
    let done = 0
    let ended = false
    const end = (result?: Uint8Array) => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      if (result === undefined) cancel()
      resolve(result)
    }
    const timer = setTimeout(end, timeout)
    body.on('data', (chunk: Uint8Array) => {
      if (done + chunk.byteLength <= length) whole.set(chunk, done)
      done += chunk.byteLength
    })
    body.once('end', () => end(done === length ? whole : undefined))
    body.once('close', () => end())
    body.once('error', () => end())
  })
}
