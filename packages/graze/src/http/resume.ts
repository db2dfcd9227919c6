import { isPassing, joinBytes } from '@kvdol/core/adapter'
import { failure } from '../errors.ts'
import type { InternetSettings } from '../options.ts'
import { bodyOf, type Chunks, codingOf, discard, drainBody, sizeOf } from './body.ts'
import type { Client } from './client.ts'
import type { Answer } from './follow.ts'
import { contentRangeOf, headerOf, isStrong } from './headers.ts'

/** A content that comes by one answer, or by several where the transfer breaks off. */
export interface Transfer {
  readonly client: Client
  readonly url: URL
  readonly first: Answer
  readonly settings: InternetSettings
  readonly signal: AbortSignal
}

/**
 * The bytes of an answer. Where the transfer breaks off and the server can, it goes on from there with the same content,
 * which `If-Range` names. Rejects `Corrupt` with the reason `'changed'` when the content was replaced meanwhile, so that
 * whoever has taken the beginning starts again.
 */
export async function* resumed(transfer: Transfer): Chunks {
  const { first, settings } = transfer
  const goOn = continuing(transfer)
  let answer = first
  for (let received = 0; ; ) {
    try {
      for await (const chunk of bodyOf(answer, { ...settings, limit: settings.limit - received })) {
        received += chunk.byteLength
        yield chunk
      }
      return
    } catch (error) {
      answer = await goOn(error, received)
    }
  }
}

/** The same as one value, read as fast as the transport can. */
export async function resumedWhole(transfer: Transfer): Promise<Uint8Array> {
  const { first, settings } = transfer
  const goOn = continuing(transfer)
  const parts: Uint8Array[] = []
  let answer = first
  for (let received = 0; ; ) {
    try {
      await drainBody(answer, { ...settings, limit: settings.limit - received }, chunk => {
        received += chunk.byteLength
        parts.push(chunk)
      })
      return joinBytes(parts)
    } catch (error) {
      answer = await goOn(error, received)
    }
  }
}

/** Gives the answer with what has not been received yet, after a failure; throws the failure where there is none. */
function continuing({
  client,
  url,
  first,
  settings,
  signal,
}: Transfer): (error: unknown, received: number) => Promise<Answer> {
  const validator = validatorOf(first)
  const total = sizeOf(first)
  let resumes = 0
  return async (error, received) => {
    if (validator === undefined || resumes >= settings.retries || signal.aborted || !isPassing(error))
      throw error
    resumes++
    const headers = { range: `bytes=${received}-`, 'if-range': validator }
    const question = { method: 'GET', headers, good: [200, 203, 206, 416], signal } as const
    const next = await client.persist(() => client.ask(url, question), signal)
    const sent = next?.status === 206 ? contentRangeOf(next.headers) : undefined
    const whole = sent?.start === received && (total === undefined || sent.end === total)
    const same =
      next !== undefined && codingOf(next) === undefined && (validatorOf(next) ?? validator) === validator
    if (whole && same) return next
    if (next !== undefined) discard(next)
    throw failure('Corrupt', 'the content was replaced while it was downloaded', 'changed', true)
  }
}

/** A name of the content that is good for ranges: a strong etag, or a date that is older than the answer. */
function validatorOf(answer: Answer): string | undefined {
  const { headers } = answer
  if (codingOf(answer) !== undefined || headerOf(headers, 'accept-ranges')?.toLowerCase() === 'none')
    return undefined
  const etag = headerOf(headers, 'etag')
  if (etag !== undefined) return etag.startsWith('W/') ? undefined : etag
  return isStrong(headers) ? headerOf(headers, 'last-modified') : undefined
}
