import { StoreError } from '@kvdol/core'

/** What the parser of URLs would drop or trim without a word, so that two keys would be one. */
const DROPPED = /^[\0- ]|[\0- ]$|[\t\n\r]/

/**
 * The one form of a web address by which it is known, requested and listed.
 *
 * As the URL standard has it: scheme and host in lower case, international host names in ASCII, numeric hosts as
 * plain IPv4, no default port, no dot segments. Beyond that the fragment goes, and percent sequences have upper-case
 * digits. Nothing else changes: not the order of a query, no slash at the end, no percent sequence is decoded.
 *
 * Throws `InvalidKey` with the reason `'url'`, `'whitespace'`, `'scheme'` or `'credentials'`.
 *
 * @example
 * ```ts
 * canonicalUrl('HTTPS://Example.org:443/a/../b?x=%c3%a9#top') // 'https://example.org/b?x=%C3%A9'
 * ```
 */
export function canonicalUrl(url: string): string {
  if (DROPPED.test(url)) throw refused('whitespace', 'a URL has no line breaks, tabs, or spaces around it')
  if (!URL.canParse(url)) throw refused('url', 'a key is a whole URL, such as https://example.org/a')
  const parsed = new URL(url)
  if (!isWeb(parsed)) throw refused('scheme', 'only http: and https: can be fetched')
  if (parsed.username !== '' || parsed.password !== '')
    throw refused('credentials', 'the URL holds a user or a password; give them in the option headers')
  parsed.hash = ''
  const { href } = parsed
  // An empty fragment leaves its sign.
  const bare = href.endsWith('#') ? href.slice(0, -1) : href
  return bare.includes('%') ? bare.replace(/%[0-9a-f]{2}/gi, digits => digits.toUpperCase()) : bare
}

/** Whether it is fetched by HTTP. */
export function isWeb({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:'
}

function refused(reason: string, detail: string): StoreError {
  return new StoreError('InvalidKey', detail, { reason })
}
