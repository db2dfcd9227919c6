import { createHash } from 'node:crypto'
import { type AnyReader, guarantees, isStoreError, StoreError } from '@kvdol/core'
import { canonicalUrl } from '../canonical-url.ts'
import { identityOf } from '../http/own-headers.ts'
import type { Headers } from '../http/request.ts'
import type { GrazeSettings } from '../options.ts'

/** Where one URL is kept. */
export interface Entry {
  /** In canonical form. */
  readonly url: string
  /** The key of the content in the cache. */
  readonly content: string
  /** The key of what is known about it. */
  readonly about: string
  /** The key of the content does not tell the URL. */
  readonly described: boolean
}

export interface EntryNaming {
  /** Throws `InvalidKey` for what is no URL. */
  entryOf(url: string): Entry
  /** The entry of a URL, if its content has this key in the cache. */
  entryAt(content: string, url: string | undefined): Entry | undefined
  /** What the keys of contents that tell their URL begin with; `undefined` when none does. */
  readonly told: string | undefined
  /** What all other keys of contents begin with. */
  readonly described: readonly string[]
  aboutOf(content: string): string
}

/** Where names may be encoded before they are stored, one that is longer is hashed. */
const ENCODED_ROOM = 300

/** How many URLs, of which length, are remembered in their canonical form. */
const REMEMBERED = 1000

/**
 * Keys of a cache, so that no two URLs share one: `url/` and the canonical URL, `key/` and the name that `cacheKey`
 * gives, or a hash of either where the cache takes no key as long; below `as/` and a hash for whom the store asks.
 */
export function entryNaming({ cacheKey, headers, identity }: GrazeSettings, cache: AnyReader): EntryNaming {
  const whose = identityOf(identity === undefined ? (headers as Headers) : { identity })
  const base = whose === '' ? '' : `as/${whose}/`
  const [told, hashed] = cacheKey === undefined ? ['url/', 'sha256/'] : ['key/', 'key-sha256/']
  const { maxKeyBytes, rejects } = guarantees(cache)
  const room = (rejects.includes('too-long') ? ENCODED_ROOM : maxKeyBytes) - aboutOf('').length
  const remembered = new Map<string, Entry>()

  return {
    entryOf,
    entryAt(content, url) {
      try {
        const entry = url === undefined ? undefined : entryOf(url)
        return entry?.url === url && entry?.content === content ? entry : undefined
      } catch (error) {
        if (isStoreError(error, 'InvalidKey')) return undefined
        throw error
      }
    },
    told: cacheKey === undefined ? base + told : undefined,
    described: (cacheKey === undefined ? [hashed] : [told, hashed]).map(each => base + each),
    aboutOf,
  }

  function entryOf(key: string): Entry {
    const known = remembered.get(key)
    if (known !== undefined) return known
    const url = canonicalUrl(key)
    const name = nameOf(url)
    const whole = base + told + name
    const fits = Buffer.byteLength(whole) <= room
    const content = fits ? whole : base + hashed + createHash('sha256').update(name).digest('hex')
    const entry = { url, content, about: aboutOf(content), described: !fits || cacheKey !== undefined }
    if (remembered.size >= REMEMBERED) remembered.clear()
    if (key.length < REMEMBERED) remembered.set(key, entry)
    return entry
  }

  function nameOf(url: string): string {
    if (cacheKey === undefined) return url
    const name: unknown = typeof cacheKey === 'string' ? cacheKey : cacheKey(url)
    if (typeof name === 'string' && name !== '' && name.isWellFormed()) return name
    throw new StoreError('InvalidArgument', 'cacheKey gives a string that is not empty')
  }
}

function aboutOf(content: string): string {
  return `about/${content}`
}
