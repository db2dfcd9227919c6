import type { IncomingHttpHeaders } from 'node:http'
import type CachePolicy from 'http-cache-semantics'
import type { Answer } from '../http/follow.ts'
import type { GrazeSettings } from '../options.ts'
import { type About, keptText } from './about.ts'
import type { Found } from './kept.ts'

/** The headers that HTTP's rules look at. */
const RULING = ['age', 'cache-control', 'date', 'etag', 'expires', 'last-modified', 'pragma', 'vary'] as const

/** Entries are kept apart by what a store sends, so that all its requests for one are alike. */
const REQUEST = { method: 'GET', headers: {} }

/** Whether a kept content can be given without asking. */
export async function isFresh(
  { stat, about }: Found,
  { refresh, freshness, maxAge }: GrazeSettings,
): Promise<boolean> {
  if (refresh) return false
  if (freshness === 'http')
    return about?.policy !== undefined && (await restored(about.policy)).satisfiesWithoutRevalidation(REQUEST)
  if (maxAge === undefined) return true
  const since = about?.checked ?? stat.modified?.getTime() ?? Number.NEGATIVE_INFINITY
  const age = Date.now() - since
  // A time to come is one of a clock that was wrong.
  return age >= 0 && age <= maxAge
}

/** HTTP's rules for an answer; `undefined` where they forbid to keep it. */
export async function policyOf(answer: Answer): Promise<unknown> {
  const Policy = await library()
  const policy = new Policy(REQUEST, { status: 200, headers: ruling(answer.headers) }, { shared: false })
  return policy.storable() ? policy.toObject() : undefined
}

/** What is known once the server has said that a content is still good. */
export async function confirmed(about: About, headers: IncomingHttpHeaders): Promise<About> {
  const known = { ...about, checked: Date.now() }
  if (about.policy === undefined) return known
  const answer = { status: 304, headers: ruling(headers) }
  const { policy } = (await restored(about.policy)).revalidatedPolicy(REQUEST, answer)
  return { ...known, policy: policy.toObject() }
}

/** The headers of a request for what is newer than the content that is kept. */
export function conditions(about: About | undefined): Record<string, string> {
  return {
    ...(about?.etag !== undefined && { 'if-none-match': about.etag }),
    ...(about?.lastModified !== undefined && { 'if-modified-since': about.lastModified }),
  }
}

/** Loaded by those who ask for its rules only. */
async function library(): Promise<typeof CachePolicy> {
  return (await import('http-cache-semantics')).default
}

async function restored(policy: unknown): Promise<CachePolicy> {
  return (await library()).fromObject(policy as CachePolicy.CachePolicyObject)
}

function ruling(headers: IncomingHttpHeaders): CachePolicy.Headers {
  const found = RULING.map(name => [name, keptText(headers, name)] as const)
  return Object.fromEntries(found.filter(([, text]) => text !== undefined))
}
