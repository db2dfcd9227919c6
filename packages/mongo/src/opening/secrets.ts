/** What must not be printed of an address with credentials: itself, what stands before its `@`, the passwords. */
export function secretsOf(url: string, options: object = {}): string[] {
  const [, after = ''] = url.split('://', 2)
  // A password that should have been encoded may hold `@`, `/` and `:`; what follows the last `@` is the host.
  const credentials = after.slice(0, Math.max(0, url.split('?', 1)[0]!.lastIndexOf('@') - url.indexOf(after)))
  const [, ...password] = credentials.split(':')
  const { auth } = options as { auth?: { password?: unknown } }
  const texts = [url, credentials, ...encodings(password.join(':')), auth?.password]
  return texts.filter(text => typeof text === 'string' && text !== '') as string[]
}

/** The password that a client was made with, where the client tells. */
export function secretsOfClient(client: unknown): string[] {
  const { options } = Object(client) as { options?: { credentials?: { password?: unknown } } }
  const password = options?.credentials?.password
  return typeof password === 'string' && password !== '' ? [password] : []
}

function encodings(text: string): string[] {
  try {
    return [text, decodeURIComponent(text)]
  } catch {
    return [text]
  }
}
