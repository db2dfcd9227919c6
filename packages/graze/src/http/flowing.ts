import { finished, type Readable } from 'node:stream'

/**
 * The chunks of a body as they came from the wire, one at a time. A loop over the stream itself gets all that waits in
 * its buffer at once, which is a copy. Leaving the loop does not end the transfer.
 */
export async function* flowing(body: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  const arrived: Uint8Array[] = []
  let end: { readonly error: unknown } | undefined
  let wake = () => {}
  const forget = finished(body, { writable: false }, error => {
    end = { error }
    wake()
  })
  const take = (chunk: Uint8Array) => {
    arrived.push(chunk)
    body.pause()
    wake()
  }
  body.on('data', take)
  try {
    for (;;) {
      for (let chunk = arrived.shift(); chunk !== undefined; chunk = arrived.shift()) yield chunk
      if (end?.error) throw end.error
      if (end !== undefined) return
      const woken = new Promise<void>(resolve => {
        wake = resolve
      })
      body.resume()
      await woken
    }
  } finally {
    forget()
    body.off('data', take)
  }
}
