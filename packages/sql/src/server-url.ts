/** Checks the address of a server, and gives what of it must not be told. Throws `TypeError`, without the address. */
export function secretsOf(caller: string, url: string, protocols: readonly string[]): (string | undefined)[] {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new TypeError(
      `${caller}: the address is a URL such as ${protocols[0]}//user:password@host/database`,
    )
  }
  if (!protocols.includes(parsed.protocol))
    throw new TypeError(`${caller}: the address begins with ${protocols.join(' or ')}`)
  return [url, parsed.password, decoded(parsed.password)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
