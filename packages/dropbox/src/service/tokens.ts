import type { Connection } from '../options.ts'
import type { Sdk } from './sdk.ts'

/** The access token of a connection, which is fetched and replaced as needed. */
export interface Tokens {
  /** A token that is good as far as known. */
  current(sdk: Sdk): Promise<string>
  /** A token instead of one that Dropbox refuses; `undefined` where there is no way to get one. */
  instead(sdk: Sdk, refused: string): Promise<string | undefined>
  /** Everything that no message may tell. */
  secrets(): (string | undefined)[]
}

/** A token is replaced so long before it expires, in milliseconds; at most half of its life. */
const EARLY = 60_000

/** How many former tokens are kept out of messages: calls that began with them may still fail. */
const KEPT = 8

/** The tokens of a connection; `send` is how the SDK asks for one. Calls that need a new one share one request. */
export function tokensOf({ token, refresh }: Connection, send: typeof fetch): Tokens {
  const known: string[] = []
  let held = token
  let replaceAt = Number.POSITIVE_INFINITY
  let fetching: Promise<string> | undefined

  return {
    async current(sdk) {
      return held !== undefined && Date.now() < replaceAt ? held : await renew(sdk)
    },
    async instead(sdk, refused) {
      if (refresh === undefined) return undefined
      return held !== undefined && held !== refused ? held : await renew(sdk)
    },
    secrets: () => [token, refresh?.refreshToken, refresh?.clientSecret, ...known],
  }

  function renew(sdk: Sdk): Promise<string> {
    fetching ??= fetchToken(sdk).finally(() => {
      fetching = undefined
    })
    return fetching
  }

  async function fetchToken({ DropboxAuth }: Sdk): Promise<string> {
    const { clientId = '', refreshToken = '', clientSecret } = refresh ?? {}
    const auth = new DropboxAuth({
      fetch: send,
      // The SDK puts them into a query as they are.
      clientId: encodeURIComponent(clientId),
      refreshToken: encodeURIComponent(refreshToken),
      ...(clientSecret !== undefined && { clientSecret: encodeURIComponent(clientSecret) }),
    })
    const begun = Date.now()
    await (auth.refreshAccessToken() as unknown as Promise<void>)
    const fresh = auth.getAccessToken()
    if (typeof fresh !== 'string' || !/^[\x21-\x7e]+$/.test(fresh))
      throw new TypeError('Dropbox gave no access token')
    const life = auth.getAccessTokenExpiresAt().getTime() - begun
    replaceAt = Number.isFinite(life) ? begun + life - Math.min(EARLY, life / 2) : Number.POSITIVE_INFINITY
    held = fresh
    known.push(fresh)
    if (known.length > KEPT) known.shift()
    return fresh
  }
}
