/**
 * What an error of a vendor's library told, as a plain error to be the cause of a {@link StoreError}: its name,
 * message, code and causes, with each of `secrets` (passwords, tokens, addresses that hold them) replaced by `***`,
 * also where it is percent-encoded. Everything else that the library attached is left behind: requests, settings,
 * clients.
 *
 * Empty strings among the secrets are ignored. `keepsStack` keeps the trace of an error that nobody expected.
 */
export function withoutSecrets(
  error: unknown,
  secrets: readonly (string | undefined)[] = [],
  keepsStack = false,
): Error {
  const spellings = secrets.flatMap(secret =>
    secret ? [...new Set([secret, encodeURIComponent(secret), encodeURI(secret)])] : [],
  )
  // The longest first: an address is hidden whole, not only the password in it.
  return plain(
    error,
    spellings.sort((a, b) => b.length - a.length),
    keepsStack,
    0,
  )
}

const DEEPEST = 4

function plain(error: unknown, secrets: readonly string[], keepsStack: boolean, depth: number): Error {
  const hide = (text: string) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text)
  if (!(error instanceof Error)) return new Error(hide(String(error)))
  const { cause, code } = error as { cause?: unknown; code?: unknown }
  const told = new Error(
    hide(error.message),
    cause === undefined || depth === DEEPEST
      ? undefined
      : { cause: plain(cause, secrets, keepsStack, depth + 1) },
  )
  told.name = error.name
  // The trace of an expected error is of no use to the caller, and begins with the message.
  told.stack = keepsStack && error.stack ? hide(error.stack) : `${told.name}: ${told.message}`
  if (typeof code === 'number') Object.assign(told, { code })
  if (typeof code === 'string') Object.assign(told, { code: hide(code) })
  return told
}
