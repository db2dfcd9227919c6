import { Readable } from 'node:stream'
import { callEach } from '@kvdol/core/adapter'

/** The body of an answer: a stream of Node, or of the web. */
interface Body extends AsyncIterable<Uint8Array> {
  destroy?(error?: Error): unknown
}

/** What is open for one answer. */
export interface OpenBody {
  readonly body: unknown
  cancel(): void
}

/**
 * The chunks of a body, waiting no longer than the timeout for each. Leaving them early ends the transfer, so that the
 * rest is not left in the connection.
 */
export async function* chunksOf(
  { body, cancel }: OpenBody,
  timeout: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let ended = false
  try {
    // Chunks of Node are Buffers, which are more than bytes.
    for await (const { buffer, byteOffset, byteLength } of callEach(body as Body, {
      timeout,
      abandon: cancel,
    }))
      yield new Uint8Array(buffer, byteOffset, byteLength)
    ended = true
  } finally {
    if (!ended) {
      cancel()
      ;(body as Body).destroy?.()
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
