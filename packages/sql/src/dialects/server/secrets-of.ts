import type { AnyPool, ServerLibrary } from './library.ts'

/** What of a server must not be told: its address and password. Throws `TypeError` for what is no server. */
export function secretsOf<P extends AnyPool, C>(
  library: ServerLibrary<P, C>,
  server: string | P,
  { connections }: { readonly connections?: number | undefined },
): readonly string[] {
  const { dialect, pools, protocols } = library
  if (typeof server === 'string') return secretsOfUrl(dialect, server, protocols)
  if (typeof server?.end !== 'function' || !library.isPool(server))
    throw new TypeError(`${dialect}: the server is a URL or a pool of ${pools}, not another client or object`)
  if (connections !== undefined)
    throw new TypeError(`${dialect}: connections means nothing for a pool, which has its own number of them`)
  return library.secretsOf(server).filter(secret => typeof secret === 'string')
}

function secretsOfUrl(dialect: string, url: string, protocols: readonly string[]): string[] {
  if (!URL.canParse(url))
    throw new TypeError(
      `${dialect}: the address is a URL such as ${protocols[0]}//user:password@host/database`,
    )
  const { protocol, password } = new URL(url)
  if (!protocols.includes(protocol))
    throw new TypeError(`${dialect}: the address begins with ${protocols.join(' or ')}`)
  return [url, password, decoded(password)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
