import { type ListingDriver, type Range, type ReadOptions, type Stat, StoreError } from '@kvdol/core'
import { resolveRange } from '@kvdol/core/adapter'
import { canonicalUrl } from './canonical-url.ts'
import { errorOf, failure } from './errors.ts'
import { URL_REFUSALS } from './guarantees.ts'
import { bodyOf, codingOf, discard, partOf, sizeOf, wholeBody } from './http/body.ts'
import { clientOf, type Question } from './http/client.ts'
import type { Answer } from './http/follow.ts'
import { type ContentRange, contentRangeOf, statOf } from './http/headers.ts'
import { secretsOf } from './http/own-headers.ts'
import { type InternetSettings, MAX_URL_BYTES } from './options.ts'

/** Servers that answer GET only, among them addresses that were signed for one method. */
const NO_HEAD = [403, 405, 501]

/** The driver of `internet`. */
export function internetDriver(settings: InternetSettings): ListingDriver<string, Uint8Array> {
  const client = clientOf(settings)
  return {
    name: 'internet',
    errorOf,
    secrets: () => secretsOf(settings.headers),
    guarantees: {
      maxKeyBytes: MAX_URL_BYTES,
      readConsistency: 'eventual',
      listConsistency: 'eventual',
      rejects: URL_REFUSALS,
    },
    get: (key, { signal }) =>
      client.persist(async () => {
        const answer = await ask(key, { signal })
        return answer && (await wholeBody(answer, settings))
      }, signal),
    has: async (key, options) => (await stat(key, options)) !== undefined,
    stat,
    // biome-ignore lint/correctness/useYield: it cannot list anything
    async *keys() {
      throw new StoreError('Unsupported', 'the web has no list of its addresses; keep your own, or use graze')
    },
    async readStream(key, range, { signal }) {
      if (range === undefined) {
        const answer = await client.persist(() => ask(key, { signal }), signal)
        return answer && bodyOf(answer, settings)
      }
      if (isEmpty(range)) return await nothing(key, range, { signal })
      const part = { signal, headers: { range: headerFor(range) }, good: [206, 416] }
      const answer = await client.persist(() => ask(key, part), signal)
      return answer && rangeOf(answer, range)
    },
    close: () => client.close(),
  }

  function ask(key: string, { good = [], ...question }: Partial<Question>): Promise<Answer | undefined> {
    return client.ask(new URL(canonicalUrl(key)), { method: 'GET', good: [200, 203, ...good], ...question })
  }

  async function stat(key: string, { signal }: ReadOptions): Promise<Stat | undefined> {
    const head = await client.persist(() => ask(key, { method: 'HEAD', good: NO_HEAD, signal }), signal)
    if (head !== undefined) discard(head)
    if (head === undefined || !NO_HEAD.includes(head.status))
      return head && statOf(head.headers, sizeOf(head))
    const first = { headers: { range: 'bytes=0-0' }, good: [206, 416], signal }
    const answer = await client.persist(() => ask(key, first), signal)
    answer?.body.destroy()
    return answer && statOf(answer.headers, wholeSizeOf(answer))
  }

  /** A range without bytes cannot be asked for; whether it makes sense depends on the size. */
  async function nothing(key: string, range: Range, { signal }: ReadOptions) {
    const answer = await client.persist(() => ask(key, { signal }), signal)
    return answer && partOf(bodyOf(answer, settings), range)
  }

  function rangeOf(answer: Answer, range: Range): AsyncIterable<Uint8Array> {
    // Some servers send everything, whatever they are asked for.
    if (answer.status !== 206 && answer.status !== 416) return partOf(bodyOf(answer, settings), range)
    const sent = answer.status === 206 ? contentRangeOf(answer.headers) : undefined
    const length = sent && sent.end - sent.start
    if (sent && isAsked(sent, range) && [length, undefined].includes(sizeOf(answer)) && !codingOf(answer))
      return bodyOf(answer, settings, length)
    discard(answer)
    if (answer.status === 206)
      throw failure('Corrupt', 'the server sends other bytes than it was asked for', 'range')
    throw new StoreError('RangeNotSatisfiable', 'the range begins behind the end of the content')
  }
}

function wholeSizeOf(answer: Answer): number | undefined {
  if (answer.status === 416) return 0
  return answer.status === 206 ? contentRangeOf(answer.headers)?.total : sizeOf(answer)
}

function isEmpty(range: Range): boolean {
  return 'suffix' in range ? range.suffix === 0 : range.end !== undefined && range.end === (range.start ?? 0)
}

function headerFor(range: Range): string {
  if ('suffix' in range) return `bytes=-${range.suffix}`
  return `bytes=${range.start ?? 0}-${range.end === undefined ? '' : range.end - 1}`
}

/** Whether a partial answer holds the range, clipped at the end of the content. */
function isAsked({ start, end, total }: ContentRange, range: Range): boolean {
  if (total === undefined) return !('suffix' in range) && start === (range.start ?? 0) && end === range.end
  const asked = resolveRange(range, total)
  return start === asked.start && end === asked.end
}
