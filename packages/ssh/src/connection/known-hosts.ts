import { createHmac, timingSafeEqual } from 'node:crypto'

/** A line of a file of known hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly marker: 'revoked' | 'cert-authority' | undefined
  /** Patterns separated by commas, or one hashed name. */
  readonly names: string
  /** `ssh-ed25519`, `ssh-rsa`, … */
  readonly type: string
  /** The public key in base64. */
  readonly key: string
}

/** What the known hosts say of a key: `authority` when only a certificate could be trusted for this host. */
export type Standing = 'known' | 'changed' | 'revoked' | 'authority' | 'unknown'

const LINE = /^\s*(?:@(\S+)\s+)?([^\s#@]\S*)\s+([\w.@-]+)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/

/** The lines that say something; damaged ones and comments are left out, as `ssh` does. */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split('\n').flatMap(line => {
    const [, marker, names = '', type = '', key = ''] = LINE.exec(line) ?? []
    if (key === '' || !isMarker(marker)) return []
    return [{ marker, names, type, key }]
  })
}

function isMarker(marker: string | undefined): marker is KnownHost['marker'] {
  return marker === undefined || marker === 'revoked' || marker === 'cert-authority'
}

/** The names under which a host is looked up: with its port unless that is 22. */
export function knownNames(host: string, port: number, alias?: string): string[] {
  if (alias !== undefined) return [alias.toLowerCase()]
  const name = host.toLowerCase()
  // A host that is known by its plain name is known on every port, as for `ssh`.
  return port === 22 ? [name] : [`[${name}]:${port}`, name]
}

/** What the known hosts say of a public key that a host has presented. */
export function standingOf(hosts: readonly KnownHost[], names: readonly string[], key: Buffer): Standing {
  const base64 = key.toString('base64')
  const about = names.map(name => hosts.filter(host => isAbout(host, name)))
  const all = about.flat()
  if (all.some(({ marker, key }) => marker === 'revoked' && key === base64)) return 'revoked'
  const plain = (host: KnownHost) => host.marker === undefined
  if (all.some(host => plain(host) && host.key === base64)) return 'known'
  // Another key under the plain name of the machine may be that of another server on it.
  if (about[0]?.some(plain)) return 'changed'
  return all.some(({ marker }) => marker === 'cert-authority') ? 'authority' : 'unknown'
}

/** The types of the keys that a host is known by, so that it can be asked for one of those. */
export function knownTypes(hosts: readonly KnownHost[], names: readonly string[]): string[] {
  const about = hosts.filter(host => host.marker === undefined && names.some(name => isAbout(host, name)))
  return [...new Set(about.map(({ type }) => type))]
}

function isAbout({ names }: KnownHost, name: string): boolean {
  if (names.startsWith('|')) return isHashOf(names, name)
  let found = false
  for (const pattern of names.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!')
    if (!matches(negated ? pattern.slice(1) : pattern, name)) continue
    if (negated) return false
    found = true
  }
  return found
}

/** `|1|salt|hash`, the hash being HMAC-SHA1 of the name. */
function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = hashed.split('|')
  if (version !== '1') return false
  const wanted = Buffer.from(hash, 'base64')
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return wanted.length === found.length && timingSafeEqual(wanted, found)
}

/** Whether a pattern with `*` and `?` matches a name, in time proportional to both. */
function matches(pattern: string, name: string): boolean {
  let [at, position, star, resume] = [0, 0, -1, 0]
  while (position < name.length) {
    const char = pattern[at]
    if (char === '*') {
      star = at++
      resume = position
    } else if (char === '?' || char === name[position]) {
      at++
      position++
    } else if (star >= 0) {
      at = star + 1
      position = ++resume
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
