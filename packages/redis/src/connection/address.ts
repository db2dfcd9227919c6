/** Where a server is. */
export interface Address {
  readonly url: string
  readonly database: number | undefined
  /** For messages: without credentials. */
  readonly host: string
  readonly secrets: readonly string[]
}

const FORM = 'redis: url is redis://host:port, rediss://host:port for TLS, or unix:///path'

/** The parts of an address. Throws `TypeError`, which never tells the address, for what is none. */
export function addressOf(url: string, database: number | undefined): Address {
  if (!/^(rediss?|unix):\/\//.test(url)) throw new TypeError(FORM)
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  // A path with credentials before it is no URL in the sense of the web.
  if (parsed === undefined && !url.startsWith('unix:'))
    throw new TypeError(`${FORM}; characters such as @, / and # of a password have to be encoded`)
  const named = url.startsWith('unix:') ? '' : (parsed as URL).pathname.slice(1)
  if (!/^\d*$/.test(named)) throw new TypeError('redis: the path of the url is the number of a database')
  if (named !== '' && database !== undefined && Number(named) !== database)
    throw new TypeError(`redis: the url names database ${Number(named)}, and the option database ${database}`)
  return { url, database, host: hostOf(url), secrets: secretsOf(url) }
}

/** What follows the credentials. */
function hostOf(url: string): string {
  const [place = ''] = url.slice(url.indexOf('://') + 3).split(/[?#]/)
  const host = place.slice(place.lastIndexOf('@') + 1)
  return url.startsWith('unix:') ? host : host.replace(/\/.*/, '')
}

function secretsOf(url: string): string[] {
  const [, credentials = ''] = /^\w+:\/\/(.*)@/.exec(url) ?? []
  const password = credentials.slice(credentials.indexOf(':') + 1)
  return [url, credentials, password, decoded(password)].filter(text => text !== '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
