import { type ReadOptions, readStream } from '@kvdol/core'
import { checkBytes } from '@kvdol/core/adapter'
import { type About, keptText } from './cache/about.ts'
import { conditions, confirmed, policyOf } from './cache/freshness.ts'
import { guarded } from './cache/guard.ts'
import { userFailureOf } from './errors.ts'
import { type Chunks, discard, sizeOf } from './http/body.ts'
import type { Client } from './http/client.ts'
import { resumed, resumedWhole } from './http/resume.ts'
import type { GrazeSettings, Source } from './options.ts'
import { routed } from './routes/route.ts'

/** A content that is about to come. */
export interface Coming {
  readonly is: 'coming'
  readonly chunks: AsyncIterable<Uint8Array>
  /** The same as one value, where that can be had faster than by its chunks; one of the two is used. */
  whole?(): Promise<Uint8Array>
  readonly about: About
  /** Whether the rules allow to keep it. */
  readonly keeps: boolean
  /** Does without the chunks, also where none was asked for. */
  cancel(): Promise<void>
}

/** What there is: a content, none, or nothing newer than what is kept, about which more is known now. */
type Offer = Coming | { readonly is: 'absent' } | { readonly is: 'unchanged'; readonly about: About }

/** Where misses come from. `known` is about the content that is kept, for which nothing newer may have come. */
export type Origin = (url: string, known: About | undefined, signal: AbortSignal) => Promise<Offer>

/** The statuses of a whole content. */
const GOOD = [200, 203]

/** The web. */
export function webOrigin(client: Client, settings: GrazeSettings): Origin {
  return async (url, known, signal) => {
    const target = routed(url, settings.routes)
    const question = { headers: conditions(known), good: known === undefined ? GOOD : [...GOOD, 304] }
    const answer = await client.ask(target, { method: 'GET', signal, ...question })
    if (answer === undefined) return { is: 'absent' }
    if (known !== undefined && answer.status === 304) {
      discard(answer)
      return { is: 'unchanged', about: await confirmed(known, answer.headers) }
    }
    const policy = settings.freshness === 'http' ? await policyOf(answer) : undefined
    const transfer = { client, url: target, first: answer, settings, signal }
    const chunks = resumed(transfer)
    const watches = settings.kind !== undefined || settings.onProgress !== undefined
    return {
      is: 'coming',
      chunks: watches ? guarded(chunks, settings, url, sizeOf(answer)) : chunks,
      ...(!watches && { whole: () => resumedWhole(transfer) }),
      keeps: settings.freshness === 'kept' || policy !== undefined,
      cancel: async () => void answer.body.destroy(),
      about: {
        ...now(url, 'web'),
        finalUrl: answer.url.href,
        contentType: keptText(answer.headers, 'content-type'),
        etag: keptText(answer.headers, 'etag'),
        lastModified: keptText(answer.headers, 'last-modified'),
        policy,
      },
    }
  }
}

/** A source of the caller's. */
export function givenOrigin(source: Source, settings: GrazeSettings): Origin {
  const open = opener(source)
  return async (url, _, signal) => {
    const chunks = await open(routed(url, settings.routes).href, { signal })
    if (chunks === undefined) return { is: 'absent' }
    return {
      is: 'coming',
      chunks: guarded(chunks, settings, url, undefined),
      about: now(url, 'source'),
      keeps: true,
      cancel: async () => void (await chunks[Symbol.asyncIterator]().return?.()),
    }
  }
}

/** What is known about what comes now. */
export function now(url: string, origin: About['origin']): About {
  const time = Date.now()
  return { url, origin, fetched: time, checked: time }
}

function opener(source: Source) {
  return async (url: string, options: ReadOptions): Promise<AsyncIterable<Uint8Array> | undefined> => {
    if (typeof source !== 'function') return (await readStream(source, url, options)) as Chunks | undefined
    const value = await Promise.resolve()
      .then(() => source(url, options))
      .catch(error => Promise.reject(userFailureOf('Unavailable', 'the source failed', error)))
    return value === undefined ? undefined : single(checkBytes(value))
  }
}

export async function* single(bytes: Uint8Array): Chunks {
  if (bytes.byteLength > 0) yield bytes
}
